import type { Question } from '../../src/course/quiz.ts';

export const questions: readonly Question[] = [
  {
    question:
      'A program writes rows first and its bookmark after. It is killed between the two and started again. What do you find?',
    choices: [
      {
        text: 'The rows of one batch are missing.',
        why: 'That is the other order: when the bookmark is moved first, what it has passed is never read again.',
      },
      {
        text: 'The rows of one batch are there twice.',
        right: true,
        why: 'The bookmark knows nothing of the rows that were written, so the same messages are read and written again.',
      },
      {
        text: 'Nothing; Kafka hands out each message once.',
        why: 'Kafka hands out whatever is asked for, as often as it is asked for. Who counts is up to the reader.',
      },
      {
        text: 'An error at the second start.',
        why: 'No error, no warning: the table is a little too long, and that is all.',
      },
    ],
  },
  {
    question: '`rows = offsets and rows = last - first + 1` is true for a table. What does it not prove?',
    choices: [
      {
        text: 'That no message is doubled.',
        why: 'It does: as many rows as different offsets means each offset once.',
      },
      {
        text: 'That there is no hole in the middle.',
        why: 'It does: as many rows as numbers from the first to the last leave room for no hole.',
      },
      {
        text: 'That the messages at both ends are there.',
        right: true,
        why: 'The table is compared with itself. A landing that stopped after 600 messages passes. Only `low` and `high`, asked of Kafka, tell where it should begin and end.',
      },
    ],
  },
  {
    question: 'Why is the ledger asked inside the transaction that lands, and not once at the start of the program?',
    choices: [
      {
        text: 'Because nobody else can then move it between the question and the answer.',
        right: true,
        why: 'Two programs overlap whenever a new version is deployed. Each must see what the other has landed before it adds its own.',
      },
      {
        text: 'Because it is faster.',
        why: 'It costs a question more in every transaction. It is done for being right.',
      },
      {
        text: 'Because a table can be read in a transaction only.',
        why: 'It can be read at any time. What is read before can be old by the time you write.',
      },
    ],
  },
  {
    question: 'A message is not JSON and stops the parser of silver. What should bronze do with such messages?',
    choices: [
      {
        text: 'Look whether a value is JSON, and leave the others out.',
        why: 'What bronze drops is gone. Perhaps the source has changed its format on purpose, and next week you can read it.',
      },
      {
        text: 'Mend them before they are written.',
        why: 'Then nobody can tell any more what the source has sent. Mending belongs to a layer above.',
      },
      {
        text: 'Keep them as they came, byte for byte.',
        right: true,
        why: 'Parse nothing, drop nothing. Whoever parses puts up the guards, and can do it again when the parser is mended.',
      },
      {
        text: 'Stop landing until somebody has looked at them.',
        why: 'Then one message stops all the good ones behind it, and Kafka deletes its messages after some days.',
      },
    ],
  },
  {
    question:
      "Why does `cast(ingestion_timestamp as date) = date '2026-03-08'` open every file, although the table is partitioned by that very day?",
    choices: [
      {
        text: 'Because a cast is slow.',
        why: 'The cast itself costs next to nothing. The reading of files that hold no such row is what costs.',
      },
      {
        text: 'Because the lake knows the smallest and largest values of the column, and not those of a cast of it.',
        right: true,
        why: 'Pruning compares bounds with what is known of each file. Leave the column bare and put both bounds beside it.',
      },
      {
        text: 'Because 8 March has the most messages.',
        why: 'The number of messages does not matter. The same day asked by a range opens the files of that day alone.',
      },
    ],
  },
];
