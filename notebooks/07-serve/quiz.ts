import type { Question } from '../../src/course/quiz.ts';

export const questions: readonly Question[] = [
  {
    question: 'A colleague asks for the password of the lake "only to read". What do you give?',
    choices: [
      {
        text: 'the password, with read rights alone',
        why: 'Whoever may send SQL may also read files, join everything with everything, and build on columns that you wanted to rename.',
      },
      {
        text: 'an address of the API, or an export',
        right: true,
        why: 'A few questions, each with a schema that you keep. What lies behind it stays yours to change.',
      },
      {
        text: 'a copy of the Parquet files in the folder of the lake',
        why: 'Files alone are not the table: some were replaced or have deletions beside them. An export writes one snapshot out.',
      },
    ],
  },
  {
    question: 'You read a list page by page, and the second page has another `version` than the first. What now?',
    choices: [
      {
        text: 'Put them together and remove rows that come twice.',
        why: 'What moved from page two to page one in between is on neither of the pages that you read. Removing twins does not bring it.',
      },
      { text: 'Begin again with the first page.', right: true, why: 'Only pages of one version make one list.' },
      {
        text: 'Ask for the second page again.',
        why: 'It will have the new version again; it is the first page that is old now.',
      },
    ],
  },
  {
    question: 'A call ends with status 404. What does a good program do?',
    choices: [
      {
        text: 'Wait as long as Retry-After says, then ask again.',
        why: 'That is for 429 and 503, where the same request may succeed later.',
      },
      {
        text: 'Ask again at once, three times.',
        why: 'The same request gets the same answer. The server says that the request is wrong, not that it is busy.',
      },
      {
        text: 'Stop, and show the sentence in the body.',
        right: true,
        why: 'Somebody must change the request, and the sentence says what was wanted.',
      },
    ],
  },
  {
    question: 'Your connection to the stream was gone for a minute and is back. Which rows have you missed?',
    choices: [
      {
        text: 'None: the server sends them again.',
        why: 'Some servers keep old events for whoever sends Last-Event-ID. This one does not: a stream of gold tells what changes, and the tables tell what is.',
      },
      {
        text: 'Unknown: so ask the tables again, then follow.',
        right: true,
        why: 'The first event after the return has the newest version. If it is another than the last one that you saw, read what you show anew.',
      },
      {
        text: 'All of that minute, for ever.',
        why: 'The events are gone, and the rows are in gold.',
      },
    ],
  },
  {
    question: 'The export has as many rows as the table. Is it proven to be whole?',
    choices: [
      {
        text: 'Yes: the counts agree.',
        why: 'A column of nulls, or one row twice in the place of another, has the same count.',
      },
      {
        text: 'Not yet: compare sums too, from one snapshot, read by another program.',
        right: true,
        why: 'Counts find lost rows, sums find changed values, and a second reader finds what the writer believes of itself.',
      },
      {
        text: 'No: one must compare every row by eye.',
        why: '`except all` in both directions compares every row by machine, where both lie in one place. Counts and sums are what you can send along with a file.',
      },
    ],
  },
];
