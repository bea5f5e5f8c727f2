import type { Question } from '../../src/course/quiz.ts';

export const questions: readonly Question[] = [
  {
    question: 'An answer comes with status 200. What do you know?',
    choices: [
      {
        text: 'The prices in it are right.',
        why: 'The status speaks of the request, not of the content. You saw a 200 with a web page in it.',
      },
      {
        text: 'The body is JSON of the promised form.',
        why: 'The contract promises that, and no status proves it. A schema does.',
      },
      {
        text: 'Something has answered, and it thinks that the request was fine.',
        right: true,
        why: 'No more than that. It may even have been another machine than the one you meant.',
      },
    ],
  },
  {
    question: 'The `max_supply` of a coin is null. Which value do you keep in your table?',
    choices: [
      {
        text: '0',
        why: 'Zero would say that there can be no coins at all, and every sum and average would count it.',
      },
      {
        text: 'null',
        right: true,
        why: 'Null says what the source says: there is no maximum. Whoever asks the table later can decide what to do with it.',
      },
      {
        text: 'the `total_supply`, which comes closest',
        why: 'That is another fact. Filled in here, nobody can tell later which of the two it was.',
      },
      {
        text: 'none: leave the row out',
        why: 'The price in the same row is fine. More than half of the coins would be gone.',
      },
    ],
  },
  {
    question: 'A 429 comes with `Retry-After: 30`. Your loader asks again after 5 seconds, and again. What happens?',
    choices: [
      {
        text: 'It gets the answer earlier than one that waits.',
        why: 'The minute must end first. In the chart both have their answers in the same seconds.',
      },
      {
        text: 'Nothing is gained: all calls of the next 30 seconds are refused, and they may count against you.',
        right: true,
        why: 'The market knows when it answers again and has told you. Asking earlier only costs.',
      },
      {
        text: 'It gets a 5xx, because the market is overloaded.',
        why: 'A 429 is there to keep it from that. The refusal costs the market next to nothing.',
      },
    ],
  },
  {
    question: 'You fetch all coins in three pages, by market value, and 260 rows come. Do you have all 260 coins?',
    choices: [
      {
        text: 'Yes, the count is right.',
        why: 'The count of rows is. A coin that came twice hides one that never came.',
      },
      {
        text: 'Not surely: count the distinct ids.',
        right: true,
        why: 'Between two pages a coin may change its place in the list. Distinct ids show it, and an order that stands still prevents it.',
      },
      {
        text: 'No, the fourth page is missing.',
        why: 'The third page had 60 rows of 100, so it is the last one.',
      },
    ],
  },
  {
    question:
      'You poll every 10 seconds instead of every minute. Bitcoin gets a new price once a minute. What do you gain?',
    choices: [
      {
        text: 'Six times as many ticks.',
        why: 'Six times as many rows. Five of six carry a `last_updated` that you have already.',
      },
      {
        text: 'You see each new price a little earlier, and pay six times the calls for it.',
        right: true,
        why: 'That is the trade: freshness against budget. The number of ticks stays the same.',
      },
      {
        text: 'A more exact average price.',
        why: 'Copies make no average more exact. Counted as if they were ticks they can even bend it.',
      },
    ],
  },
];
