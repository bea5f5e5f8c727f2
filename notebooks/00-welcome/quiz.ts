import type { Question } from '../../src/course/quiz.ts';

export const questions: readonly Question[] = [
  {
    question: 'A price was true at 23:59:58 and was fetched at 00:00:30. To which hour does gold count it?',
    choices: [
      {
        text: 'To the hour from 23:00, because it was true then',
        right: true,
        why: 'Gold goes by event time. Where a late answer would move a price to another hour, every chart would depend on how busy the network was.',
      },
      {
        text: 'To the hour from 00:00, because it arrived then',
        why: 'That is ingestion time. It says something about the network, and nothing about the market.',
      },
      {
        text: 'To both',
        why: 'Then the same price would be counted twice, in two averages.',
      },
    ],
  },
  {
    question: 'Bronze holds 3,168 messages with ten coins each, silver 30,241 rows. Where are the others?',
    choices: [
      {
        text: 'They were lost on the way',
        why: 'Nothing is lost: bronze has every message, word for word, and can be asked at any time.',
      },
      {
        text: 'They repeated a price that was there already',
        right: true,
        why: 'A poll brings all ten coins, whether their price moved or not. Silver keeps one of such twins.',
      },
      { text: 'They were broken', why: 'Broken ones go to quarantine, which is empty in this week.' },
    ],
  },
  {
    question: 'You run a cell, change a cell above it and look at the one below. What does it show?',
    choices: [
      {
        text: 'The result with your change',
        why: 'A cell runs when you run it. Changing text above changes nothing below.',
      },
      {
        text: 'The result from when it was run last',
        right: true,
        why: 'That is why a page can disagree with itself. "Restart and run all" (the double arrow) brings it into order.',
      },
      { text: 'An error', why: 'Nothing notices. You have to run it again yourself.' },
    ],
  },
  {
    question: "Why does the coin stand beside the query, as `{ coin: 'bitcoin' }`, and not in it?",
    choices: [
      { text: 'It is faster', why: 'Sometimes a little; that is not the reason.' },
      {
        text: 'A bound value can never turn into code',
        right: true,
        why: 'Text that is glued into a query is read as a part of it. A coin with a quote in its name would change what is asked.',
      },
      {
        text: 'SQL has no texts',
        why: "It has: `'bitcoin'` in single quotes. What you must not do is to put them together from what somebody else wrote.",
      },
    ],
  },
];
