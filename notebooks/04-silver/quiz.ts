import type { Question } from '../../src/course/quiz.ts';

export const questions: readonly Question[] = [
  {
    question:
      'The feed is set from one poll a minute to one every ten seconds. The market moves as before. What happens to `silver.crypto_prices`?',
    choices: [
      {
        text: 'It gets six times as many rows.',
        why: 'Bronze does: it keeps every message. Silver keeps a price once, however often it is asked for.',
      },
      {
        text: 'Hardly anything, as long as coins do not move more than once a minute.',
        right: true,
        why: 'Its grain is coin and `last_updated`. More polls find the same prices, and the first poll of each stays.',
      },
      {
        text: 'It loses rows, since more twins are removed.',
        why: 'Of every group of twins one stays. Removing repeats never removes a price.',
      },
    ],
  },
  {
    question: 'A rule turns out to be too strict: it has rejected good rows for a week. What do you do?',
    choices: [
      {
        text: 'Mend the rule and compute silver again from bronze.',
        right: true,
        why: 'Bronze dropped nothing, so the same messages go through the mended rule. The quarantine tells you how many rows to expect.',
      },
      {
        text: 'Ask the source to send the week again.',
        why: 'A market tells today’s price, seldom last week’s. That is why bronze keeps what came.',
      },
      {
        text: 'Copy the rows from the quarantine into silver by hand.',
        why: 'Then silver is no longer what its rules make of bronze, and the next computation throws your rows away.',
      },
    ],
  },
  {
    question: 'One price of an hour is NaN. What is `avg(price_usd)` of that hour?',
    choices: [
      {
        text: 'The mean of the others; avg leaves out what is no number.',
        why: 'It leaves out NULL. NaN is a DOUBLE like any other, and every sum with it is NaN.',
      },
      {
        text: 'NaN.',
        right: true,
        why: 'NaN spoils every sum it enters. One element can take the whole hour with it, and `price > 0` does not stop it either: DuckDB sorts NaN above all numbers.',
      },
      {
        text: 'An error.',
        why: 'If only. NaN is a valid DOUBLE, so that nothing complains.',
      },
    ],
  },
  {
    question: 'Of twins the first poll stays. Why not the last, which is fresher?',
    choices: [
      {
        text: 'Because the first has the better price.',
        why: 'Twins have the same coin and the same `last_updated`: it is the same price.',
      },
      {
        text: 'Because the last cannot be found by a window function.',
        why: '`order by … desc` finds it as easily.',
      },
      {
        text: 'Because then a row that is written stays as it is, whatever is polled later.',
        right: true,
        why: 'New batches append instead of changing old files. Only a message that was late, with an earlier poll, replaces a row.',
      },
      {
        text: 'Because the order does not matter to anyone.',
        why: 'It matters that it is decided: otherwise two computations of one table differ.',
      },
    ],
  },
  {
    question:
      'A colleague guards a query with `case when json_valid(payload) then … end` and unnests the result. What is missing?',
    choices: [
      {
        text: 'Nothing: the query cannot fail any more.',
        why: 'It cannot fail, and it cannot tell: a message that is no JSON gives no row at all.',
      },
      {
        text: 'A word about the messages that gave no row.',
        right: true,
        why: 'A guard turns an error into silence. Give such a message a row with its reason, and rows in can be compared with rows out.',
      },
      {
        text: 'A `limit`, in case the payload is long.',
        why: 'Then rows would be missing that nothing is wrong with.',
      },
    ],
  },
];
