import type { Question } from '../../src/course/quiz.ts';

export const questions: readonly Question[] = [
  {
    question:
      'A program was away for an hour. It catches up in ten seconds. Which of its one-minute windows are as if it had never been away?',
    choices: [
      {
        text: 'Those by processing time: nothing was lost in Kafka.',
        why: 'Nothing was lost, but an hour of prices arrived within ten seconds. By arrival they all lie in one window.',
      },
      {
        text: 'Those by event time: each row brings its own minute.',
        right: true,
        why: 'The time is a column of the row, so it does not matter when the row came, or how many came with it.',
      },
      {
        text: 'Neither: windows of an hour ago cannot be computed any more.',
        why: 'They can, as long as the rows are there. What a window needs is the time in the row and not the time on the wall.',
      },
    ],
  },
  {
    question:
      'The newest poll so far was at 09:10:00, the wait is two minutes. Now a tick of 09:07:45 arrives. What happens to it?',
    choices: [
      {
        text: 'It counts: its minute ends at 09:08, and the watermark stands at 09:08:00, not behind it.',
        why: 'The watermark has *reached* the end of the minute, and that closes it. Of 09:08:00 on the dot nothing is missing any more, so says the promise.',
      },
      {
        text: 'It is set aside: the watermark has reached the end of its minute.',
        right: true,
        why: '`window_end <= watermark`: 09:08:00 is reached, the window is closed. It lies in `gold.late_ticks`, with 0 seconds.',
      },
      {
        text: 'It counts: it is only 2 minutes and 15 seconds old.',
        why: 'The age of a tick is not compared with anything. What counts is whether its window is still open.',
      },
    ],
  },
  {
    question: 'You change the wait from two minutes to ten. What do you get, and what does it cost?',
    choices: [
      {
        text: 'Fewer ticks are too late; every window is finished eight minutes later.',
        right: true,
        why: 'That is the whole trade. In Flink and Spark there is a second cost: open windows are kept in the state, five times as long.',
      },
      {
        text: 'Fewer ticks are too late; nothing else changes.',
        why: 'A window is told to others when it is closed. That moment moves as well.',
      },
      {
        text: 'More ticks are too late, since the watermark is further behind.',
        why: 'Further behind means that fewer windows are closed when a tick comes.',
      },
    ],
  },
  {
    question: 'Why does the watermark here go by the polls, and not by the greatest event time?',
    choices: [
      {
        text: 'Because event times are rounded to the minute.',
        why: 'They have milliseconds. The windows are minutes, not the times.',
      },
      {
        text: 'Because it is faster to compute.',
        why: 'Both are a maximum over what came before.',
      },
      {
        text: 'Because a tick with a wrong time could close every window, and in a quiet night none would close.',
        right: true,
        why: 'The poll time is our own clock. It goes on when no coin ticks, and no tick can push it.',
      },
    ],
  },
  {
    question:
      'After a crash the pipeline starts again and takes a thousand messages at once instead of one. Why are the windows the same?',
    choices: [
      {
        text: 'Because each message meets a watermark that depends only on the offsets before it.',
        right: true,
        why: 'Offsets are given once. How many messages are handled together, and by which life of the program, does not appear in the rule.',
      },
      {
        text: 'Because large batches contain no late ticks.',
        why: 'A tick that comes behind ten newer polls comes behind them in a large batch as well. With one watermark a batch it would slip through, and the table would depend on the batch.',
      },
      {
        text: 'Because the state is written to disk every second.',
        why: 'Then up to a second of it would be missing after a crash. The state is a table here, written in transactions.',
      },
    ],
  },
];
