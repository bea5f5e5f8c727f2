import getPort, { clearLockedPorts } from 'get-port';

/** Where services listen if nobody else does. */
export const preferredPorts = { broker: 19092, market: 18080, serve: 18090, jupyter: 18888 } as const;

/** Choose the port of a service: the one it had before, else the preferred one, else any that is free. */
export async function choosePort(service: keyof typeof preferredPorts, before?: string | null): Promise<number> {
  if (before) clearLockedPorts(); // get-port gives no port twice within half a minute
  const earlier = before ? Number(/:(\d+)/.exec(before.replace(/^\w+:\/\//, ''))?.[1]) : undefined;
  return getPort({ port: [...(earlier ? [earlier] : []), preferredPorts[service]], host: '127.0.0.1' });
}

/** Whether an address is on another port than the one its service prefers. */
export const isMoved = (service: string, address: string | null): boolean =>
  address !== null && service in preferredPorts && !address.includes(`:${preferredPorts[service as 'broker']}`);
