import type { Question } from '../../src/course/quiz.ts';

export const questions: readonly Question[] = [
  {
    question: 'Somebody adds the column `poll_time` to `fact_crypto_hourly`. What is wrong with it?',
    choices: [
      {
        text: 'It takes too much space.',
        why: 'A column of 1,690 times takes next to nothing. The trouble is what it means.',
      },
      {
        text: 'One row is one coin in one hour, and such an hour has many poll times.',
        right: true,
        why: 'A column fits when the grain gives it one value. Here somebody must choose the first, the last or any, and nobody will know which.',
      },
      {
        text: 'Times belong into `dim_time`.',
        why: 'Facts may hold times of their own; `fact_crypto_ticks` has `last_updated`. There each row has one.',
      },
    ],
  },
  {
    question: 'The name of a coin was misspelt for a week: "Bitcion". How do you mend the dimension?',
    choices: [
      {
        text: 'Overwrite the name in all its versions.',
        right: true,
        why: 'The coin was never called so. A mistake is overwritten (type 1); a version is for what was true once.',
      },
      {
        text: 'Close the version and begin a new one today.',
        why: 'Then the history says that the coin was renamed today, and last week stays misspelt for ever.',
      },
      {
        text: 'Leave it: history must not be changed.',
        why: 'History is what was true in the world. The mistake was true only in the table.',
      },
    ],
  },
  {
    question:
      'A version ends at 14:00 and the next begins at 14:00. A tick has `last_updated` 14:00 sharp. Which one does it meet?',
    choices: [
      {
        text: 'Both, so it is doubled.',
        why: 'Only if you join with `between`, which includes both ends. The end of a version is exclusive.',
      },
      {
        text: 'None, so it is lost.',
        why: 'That would be so if the beginning were exclusive as well. It is inclusive.',
      },
      {
        text: 'The second: beginnings are inclusive, ends exclusive.',
        right: true,
        why: '`valid_from <= t and t < valid_to`: each moment meets one version, without a smallest unit of time to think about.',
      },
    ],
  },
  {
    question:
      'A fact table has as many rows as the ticks it was made of. What does that prove about the join to the dimension?',
    choices: [
      {
        text: 'That each tick met one version, the right one.',
        why: 'The table that pointed to the coins of today had the right count as well, and a quarter of its ticks were wrong.',
      },
      {
        text: 'That nothing was lost and nothing doubled.',
        why: 'Not even that: one lost and one doubled make the same count. Count the different ticks, too.',
      },
      {
        text: 'Little: count different ticks, missing keys and ticks outside their version as well.',
        right: true,
        why: 'Each way of going wrong needs a rule of its own, with the number of rows that break it. That is an audit.',
      },
    ],
  },
  {
    question: 'Why is the key of a version a hash of coin and beginning, and not a counter?',
    choices: [
      {
        text: 'A hash is shorter and joins faster.',
        why: 'It is longer and joins slower: 32 letters against one number. It is worth it for another reason.',
      },
      {
        text: 'It comes out the same in every rebuild, also when a late version slips in between.',
        right: true,
        why: 'A counter moves everything behind the late one, and facts that nobody touched point to another coin.',
      },
      {
        text: 'Nobody can guess a hash.',
        why: 'Anybody who knows coin and time can compute it. It hides nothing and need not.',
      },
    ],
  },
];
