import type { Question } from '../../src/course/quiz.ts';

export const questions: readonly Question[] = [
  {
    question: 'A run of 144,000 rows has a peak of 260 MB. How much will 144 million rows take?',
    choices: [
      {
        text: 'A thousand times as much, 260 GB.',
        why: 'That takes the whole peak for a cost of rows. Most of it is there before the first row.',
      },
      {
        text: '260 MB again, since memory is fixed.',
        why: 'It is not: from 144,000 to 1.5 million rows it grew about three times.',
      },
      {
        text: 'One run cannot tell. Measure two larger ones.',
        right: true,
        why: 'One point lies on every line. Here larger runs are cut into slices, so that the peak stays below the 3 GB that the run was given; another program may read everything at once.',
      },
    ],
  },
  {
    question:
      'On axes that are both logarithmic, the line of a stage is straight, with a slope of 1. What does it say?',
    choices: [
      {
        text: 'Twice the rows take twice the seconds.',
        right: true,
        why: 'A slope of 1 is the exponent 1: seconds = c · rows. Its height tells c, the seconds a row.',
      },
      {
        text: 'Every million rows add one second.',
        why: 'How many seconds a million rows take stands in the height of the line, not in its slope.',
      },
      {
        text: 'It grows exponentially, since the axes are logarithmic.',
        why: 'Exponential growth bends upwards on such axes. Straight lines are powers.',
      },
    ],
  },
  {
    question: 'A table has 300 days, one file of 25 kB in each. Questions are slow. What helps?',
    choices: [
      {
        text: 'Compaction, every night.',
        why: 'It joins the files of a partition. Each of these has one already.',
      },
      {
        text: 'Partitions by month.',
        right: true,
        why: 'Then a file holds thirty days, and there are ten of them. Partitions are for files of many megabytes.',
      },
      {
        text: 'More memory.',
        why: 'Nothing spills here. Time goes into opening 300 files.',
      },
    ],
  },
  {
    question: 'A query over 100 GB of rows runs with a memory limit of 4 GB, and slowly. What is likely?',
    choices: [
      {
        text: 'Its answer lacks the rows that did not fit.',
        why: 'An engine gives the whole answer or an error. It never leaves rows out for want of memory.',
      },
      {
        text: 'It spills: pieces go to disk and come back.',
        right: true,
        why: '`explain (analyze, format json)` says how many bytes. More memory, fewer columns or fewer threads make it less.',
      },
      {
        text: 'It has failed and begins again.',
        why: 'Out of memory ends a query with an error; nothing begins again by itself.',
      },
    ],
  },
  {
    question: 'A form on a web page must sort 300 orders that lie in memory. Which engine?',
    choices: [
      {
        text: 'DuckDB, since it is the fastest.',
        why: 'It is at half a million rows. For 300, handing them over takes longer than sorting them.',
      },
      {
        text: 'Polars, since it sorts by columns on all cores.',
        why: 'For 300 rows there is nothing to share out, and the frame must be made first.',
      },
      {
        text: 'Plain JavaScript.',
        right: true,
        why: 'A few thousand rows that are there already are done before an engine has planned its query. Come back when there are a hundred times as many.',
      },
    ],
  },
];
