import type { Question } from '../../src/course/quiz.ts';

export const questions: readonly Question[] = [
  {
    question: 'An hour has one tick of a coin. What should its `price_volatility` be?',
    choices: [
      { text: '0', why: '0 says that the price did not move. One price cannot tell.' },
      {
        text: 'null',
        right: true,
        why: 'How far prices lie apart is not known from one price, and null is the word for not known.',
      },
      {
        text: 'the volatility of the hour before',
        why: 'That would be a guess that looks like a measurement. Who wants it carries it forward in a query, where it shows.',
      },
    ],
  },
  {
    question: 'A query has `first(price_usd)` as open and gives the right candles today. Why change it?',
    choices: [
      {
        text: 'It is slower than `min_by`.',
        why: 'It is faster, since it looks at nothing. Speed is not the matter.',
      },
      {
        text: 'It fails when an hour has no tick.',
        why: 'An hour without a tick has no group and no row, with either of them.',
      },
      {
        text: 'It goes by the order in which rows are read, and that is not a property of the data.',
        right: true,
        why: 'Another file layout, another thread, a late message: the same rows are read in another order, and the same query gives other candles.',
      },
    ],
  },
  {
    question:
      'You keep hourly rows and drop the ticks. Which daily number can you still compute exactly from `avg`, `min`, `max` and `tick_count`?',
    choices: [
      {
        text: 'The mean, the minimum and the maximum of all ticks',
        right: true,
        why: 'Mean times count gives sums, and sums, counts, minima and maxima may be taken again.',
      },
      {
        text: 'The median of all ticks',
        why: 'A median needs all values, or a sketch of them. No combination of hourly means gives it.',
      },
      { text: 'Only minimum and maximum', why: 'The mean as well, because the counts were kept.' },
      {
        text: 'The standard deviation of all ticks',
        why: 'The mean and count of an hour say nothing about how its ticks spread. With the hourly deviations it would be possible.',
      },
    ],
  },
  {
    question: 'A coin has no price for five hours. What is `ma_24` in the hour after the gap?',
    choices: [
      {
        text: 'the mean of the last 24 rows',
        why: 'These rows reach back 29 hours. The name of the column says 24.',
      },
      {
        text: 'the mean of the 19 hours that are there',
        why: 'It can be a useful number, but it is not the mean of 24 hours, and nothing in the row would say so.',
      },
      {
        text: 'null, and so for 23 hours in all',
        right: true,
        why: 'Until 24 hours in a row are there again, some hour of the window is missing. A number that is not known is null.',
      },
    ],
  },
  {
    question: 'Your `vol_24h` and the finished one differ in the fifteenth digit. What does that mean?',
    choices: [
      {
        text: 'One of the two formulas is wrong.',
        why: 'A wrong formula shows in the first digits. In the last ones it is the order of the additions.',
      },
      {
        text: 'The same numbers were added in another order.',
        right: true,
        why: 'Each addition of floating-point numbers rounds. So compare such columns within a tolerance, or fix the order where digits must agree.',
      },
      {
        text: 'The price should have been stored as text.',
        why: 'Text cannot be added. Whatever it is turned into for adding rounds again.',
      },
    ],
  },
];
