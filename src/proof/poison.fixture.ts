import { coin } from '../silver/landing.fixture.ts';

const at = '2026-03-04T12:00:00.000Z';
/** Every poisoned message says that it was polled then. */
export const polledAt = new Date('2026-03-04T12:00:30Z');

/** A message, and what is documented to become of it: reasons by place in the array, null for a row that stays. */
export type Poison = { name: string; value: string | Buffer | null; reasons: (string | null)[] };

let nth = 0;
const good = () => coin(`neighbour-${nth++}`, at, 10);
const bad = (more: object) => coin(`bad-${nth++}`, at, 10, more);

/** A bad element between two good ones, which stay. */
const among = (name: string, reason: string | null, element: unknown, spoil = (text: string) => text): Poison => ({
  name,
  value: `[${JSON.stringify(good())},${spoil(JSON.stringify(element))},${JSON.stringify(good())}]`,
  reasons: [null, reason, null],
});
const whole = (name: string, reason: string, value: Poison['value']): Poison => ({ name, value, reasons: [reason] });
const price = (written: string) => (text: string) => text.replace('"current_price":10', `"current_price":${written}`);

/** Packed it is small, so that Kafka takes it; unpacked it is five times what a message may have. */
const bigText = 'x'.repeat(5_000_000);

export const poison: Poison[] = [
  whole('malformed JSON', 'not_json', '[{"id":"bitcoin",]'),
  whole('an answer cut off', 'not_json', JSON.stringify([good(), good()]).slice(0, -20)),
  whole('a web page', 'not_json', '<!DOCTYPE html><html><body>502</body></html>'),
  whole('an error object', 'not_an_array', '{"status":{"error_code":429,"error_message":"slow down"}}'),
  { name: 'an event of an asset', value: `{"asset":"event","price_usd":1.5,"event_time":"${at}"}`, reasons: [null] },
  whole('an event without a price', 'price_missing', `{"asset":"event","event_time":"${at}","current_price":2}`),
  whole(
    'an event with U+0000',
    'nul_character',
    `{"asset":"event","price_usd":1,"event_time":"${at}","more":{"a\\u0000":1}}`,
  ),
  whole(
    'an event that holds its event',
    'not_an_array',
    `{"event":{"asset":"event","price_usd":1,"event_time":"${at}"}}`,
  ),
  whole('an event of ten thousand levels', 'id_not_text', `{"asset":${'['.repeat(10_000)}${']'.repeat(10_000)}}`),
  whole('null bytes', 'not_text', `[{"id":"bit\0coin"}]`),
  whole(
    'bytes that are not UTF-8',
    'not_text',
    Buffer.concat([Buffer.from('[{"id":"'), Buffer.from([0xc3, 0x28]), Buffer.from('"}]')]),
  ),
  whole('more than can be parsed', 'too_large', JSON.stringify([{ ...good(), image: 'x'.repeat(40_000_000) }])),
  whole('a tombstone', 'empty_message', null),
  whole('an empty value', 'empty_message', ''),
  whole('white space', 'empty_message', ' \n\t '),
  whole('a no-break space', 'not_json', '\u00a0'),
  whole('an empty array', 'empty_array', ' [ ] '),
  whole('a lone surrogate', 'not_json', JSON.stringify([good()]).replace('"name":"', '"name":"\\ud800')),
  {
    name: 'an array of arrays',
    value: '[[1,2],[],[{}]]',
    reasons: ['not_an_object', 'not_an_object', 'not_an_object'],
  },
  { name: 'scalars', value: '[1,"a",null,true]', reasons: Array(4).fill('not_an_object') },
  { name: 'ten thousand levels', value: '['.repeat(10_000) + ']'.repeat(10_000), reasons: ['not_an_object'] },
  among('ten thousand levels in a field', null, bad({ roi: '@' }), text =>
    text.replace('"@"', '['.repeat(10_000) + ']'.repeat(10_000)),
  ),
  among('NaN', 'price_not_finite', bad({}), price('NaN')),
  among('Infinity', 'price_not_finite', bad({}), price('Infinity')),
  among('-Infinity', 'price_not_finite', bad({}), price('-Infinity')),
  among('inf', 'price_not_finite', bad({}), price('inf')),
  among('-nAn', 'price_not_finite', bad({}), price('-nAn')),
  among('1e999', 'price_not_finite', bad({}), price('1e999')),
  among('a price as text', 'price_not_a_number', bad({ current_price: '12.5' })),
  among('a price that is true', 'price_not_a_number', bad({ current_price: true })),
  among('no price', 'price_missing', bad({ current_price: null })),
  among('a negative price', 'price_not_positive', bad({ current_price: -1 })),
  among('zero', 'price_not_positive', bad({ current_price: 0 })),
  among('a price beyond reason', 'price_out_of_range', bad({ current_price: 1e16 })),
  among('NaN in an extra', null, bad({}), text => text.replace('"market_cap":1000000000', '"market_cap":NaN')),
  among('a name that is an object', null, bad({ name: { __proto__: null, a: 1 } })),
  among('U+0000 in a name', 'nul_character', bad({ name: 'a\0b' })),
  among('no id', 'id_missing', { current_price: 1, last_updated: at }),
  among('an id that is a number', 'id_not_text', bad({ id: 7 })),
  among('an empty id', 'id_empty', bad({ id: '' })),
  among('an id with a line break', 'id_malformed', bad({ id: 'a\nb' })),
  among('an id with a no-break space', 'id_malformed', bad({ id: 'a\u00a0b' })),
  among('an id with a control character', 'id_malformed', bad({ id: 'a\u0085b' })),
  among('an endless id', 'id_malformed', bad({ id: 'x'.repeat(201) })),
  among('a key twice', null, bad({}), text =>
    text.replace('"current_price":10', '"current_price":11,"current_price":"12"'),
  ),
  among('__proto__', null, bad({}), text =>
    text.replace('{', '{"__proto__":{"id":"other","current_price":-1},"constructor":1,'),
  ),
  among('nothing but __proto__', 'id_missing', {}, () => `{"__proto__":${JSON.stringify(good())}}`),
  among('epoch seconds', 'last_updated_not_text', bad({ last_updated: 1_772_625_600 })),
  among('epoch milliseconds', 'last_updated_not_text', bad({ last_updated: 1_772_625_600_000 })),
  among('epoch seconds as text', 'last_updated_not_iso', bad({ last_updated: '1772625600' })),
  among('local time', 'last_updated_without_offset', bad({ last_updated: '2026-03-04T12:00:00' })),
  among('yesterday', 'last_updated_not_iso', bad({ last_updated: 'yesterday' })),
  among('month 13', 'last_updated_not_iso', bad({ last_updated: '2026-13-04T12:00:00Z' })),
  among('30 February', 'last_updated_not_iso', bad({ last_updated: '2026-02-30T12:00:00Z' })),
  among('the first time that is taken', null, bad({ last_updated: '2009-01-03T00:00:00Z' })),
  among('epoch zero', 'last_updated_too_early', bad({ last_updated: '1970-01-01T00:00:00Z' })),
  among('six minutes ahead', 'last_updated_in_future', bad({ last_updated: '2026-03-04T12:06:31Z' })),
  among('the far future', 'last_updated_in_future', bad({ last_updated: '9999-12-31T23:59:59Z' })),
  among('the year 12345', 'last_updated_not_iso', bad({ last_updated: '12345-01-01T00:00:00Z' })),
  among('no last_updated', 'last_updated_missing', bad({ last_updated: undefined })),
  among('a text of 5 MB', null, bad({ image: bigText })),
  {
    name: 'ten thousand elements',
    value: JSON.stringify(
      Array.from({ length: 10_000 }, (_, n) =>
        n % 1000 === 7 ? n : { id: `c${n}`, current_price: 1, last_updated: at },
      ),
    ),
    reasons: Array.from({ length: 10_000 }, (_, n) => (n % 1000 === 7 ? 'not_an_object' : null)),
  },
];
