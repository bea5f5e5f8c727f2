import { AwsClient } from 'aws4fetch';

/** Where objects lie, and how small ones are read, written and removed: what DuckDB cannot do there, or not at once. */
export type Bucket = {
  name: string;
  /** empty, or ends with "/" */
  prefix: string;
  access: Access;
  /** The text of an object, undefined when there is none. */
  get(key: string): Promise<string | undefined>;
  put(key: string, text: string): Promise<void>;
  remove(key: string): Promise<void>;
};

/** What AWS_* says; the endpoint is that of a storage other than AWS. */
export type Access = { keyId: string; secret: string; token?: string; region: string; endpoint?: URL };

/**
 * Name a bucket by its address; keys, region and endpoint come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN,
 * AWS_REGION and AWS_ENDPOINT_URL. Nothing is asked of it yet.
 *
 * @param address - s3://bucket/prefix
 * @throws when the address is none, or there are no keys
 */
export function openBucket(address: string): Bucket {
  const [, name, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])((?:\/[\w.=+-]+)*)\/?$/.exec(address) ?? [];
  if (!name || path.split('/').some(part => part === '.' || part === '..'))
    throw new Error(
      `Cannot export to ${address}: wanted s3://bucket/prefix of letters, digits, "_", ".", "=", "+" and "-".`,
    );
  const access = accessOf(process.env);
  const { keyId: accessKeyId, secret: secretAccessKey, token: sessionToken, region } = access;
  const client = new AwsClient({ accessKeyId, secretAccessKey, sessionToken, region, service: 's3', retries: 4 });
  const base = access.endpoint?.href.replace(/\/$/, '') ?? `https://s3.${region}.amazonaws.com`;
  const ask = async (method: string, key: string, body?: string): Promise<Response> => {
    const url = `${base}/${name}/${key.split('/').map(encodeURIComponent).join('/')}`;
    const answer = await client.fetch(url, { method, body }).catch(error => {
      throw new Error(`Cannot reach ${base}: ${error.cause?.message ?? error.message}. Is AWS_ENDPOINT_URL right?`);
    });
    if (answer.ok || (method === 'GET' && answer.status === 404)) return answer;
    const [, code = ''] = /<Code>(\w+)<\/Code>/.exec(await answer.text()) ?? [];
    throw new Error(
      `Cannot ${method} s3://${name}/${key}: status ${answer.status} ${code}. Look at the keys and the bucket.`,
    );
  };
  return {
    name,
    prefix: path ? `${path.slice(1)}/` : '',
    access,
    get: async key => {
      const answer = await ask('GET', key);
      return answer.status === 404 ? undefined : answer.text();
    },
    put: async (key, text) => void (await ask('PUT', key, text)),
    remove: async key => void (await ask('DELETE', key)),
  };
}

function accessOf(env: NodeJS.ProcessEnv): Access {
  const { AWS_ACCESS_KEY_ID: keyId, AWS_SECRET_ACCESS_KEY: secret, AWS_SESSION_TOKEN: token } = env;
  if (!keyId || !secret)
    throw new Error(
      'Cannot export to S3 without keys. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, and AWS_ENDPOINT_URL for a storage that is not AWS.',
    );
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1';
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL;
  if (endpoint && !/^https?:\/\/[^/?#@]+\/?$/.test(endpoint))
    throw new Error('Cannot use AWS_ENDPOINT_URL: wanted an address such as http://127.0.0.1:9000.');
  return { keyId, secret, ...(token && { token }), region, ...(endpoint && { endpoint: new URL(endpoint) }) };
}
