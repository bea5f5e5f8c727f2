import { expect, test } from 'vitest';
import { frame } from './frame.ts';
import { shown } from './shown.ts';

test('a page of this machine is framed and linked, its title made safe', () => {
  const made = frame('http://127.0.0.1:18090', { title: 'Our "<page>"', height: 100 })[shown]();
  expect(made['text/html']).toContain('<iframe src="http://127.0.0.1:18090/" title="Our &#34;&#60;page&#62;&#34;"');
  expect(made['text/plain']).toBe('Our "<page>": http://127.0.0.1:18090/');
});

test.each(['https://127.0.0.1/', 'http://example.org/', 'javascript:alert(1)', 'http://127.0.0.1.example.org/'])(
  '%s is not',
  address => expect(() => frame(address, { title: 'page' })).toThrow('an address of this machine'),
);
