import type { Question } from '../../src/course/quiz.ts';

export const questions: readonly Question[] = [
  {
    question:
      'An archive and an alarm read the same topic, each under a group name of its own. The archive reads a message. What does the alarm get?',
    choices: [
      {
        text: 'The same message, when it comes to that offset.',
        right: true,
        why: 'Reading takes nothing away, and each group has its own place in the log.',
      },
      {
        text: 'Nothing: the message has been delivered.',
        why: 'That is how a queue works. A log keeps what was read, for as long as its settings say.',
      },
      {
        text: 'Every second message, since the two share the work.',
        why: 'Members of one and the same group share. Two groups do not know of each other.',
      },
    ],
  },
  {
    question: 'A group of four members reads a topic with three partitions. What does the fourth member do?',
    choices: [
      {
        text: 'It takes half of the busiest partition.',
        why: 'A partition has one owner in a group at a time. If two read it, order would be lost.',
      },
      {
        text: 'Nothing, until another member leaves.',
        right: true,
        why: 'Three partitions have three owners at most. The fourth is a spare: at the next rebalance it may get a partition.',
      },
      {
        text: 'It reads all partitions a second time.',
        why: 'It would if it had a group of its own. Under the same group name, messages are shared out.',
      },
    ],
  },
  {
    question:
      'A topic keyed by coin has three partitions, and gets three more. A month of events lies in it. What happens to the order of a coin?',
    choices: [
      {
        text: 'Nothing: Kafka moves the old events to their new partitions.',
        why: 'Messages never move. Their offsets are their addresses.',
      },
      {
        text: 'Nothing: the key is the same, so the partition is the same.',
        why: 'The same key gives the same hash, but the partition is the hash modulo the number of partitions, and that number changed.',
      },
      {
        text: 'For many coins, new events go to another partition than the old ones, so order is lost at the seam.',
        right: true,
        why: 'Inside each partition order still holds, but nothing says which of two partitions is to be read first.',
      },
    ],
  },
  {
    question: 'The lag of a group has been 2,000 messages all week, day and night. What do you do?',
    choices: [
      {
        text: 'Nothing at once: the group keeps up, with a delay that does not change.',
        right: true,
        why: 'It reads as quickly as messages come. If the delay is too long for its users, look why it is there; it is no emergency.',
      },
      {
        text: 'Add members at once: the group is too slow.',
        why: 'If it were too slow, the lag would grow. It reads as much as comes in.',
      },
      {
        text: 'Set the committed offsets to the end, so that the lag is 0.',
        why: 'Then 2,000 messages are never read. The number looks better, and the data is gone.',
      },
    ],
  },
  {
    question:
      'A member does its work and commits after every 100 messages. It is killed after 60. What does its successor find?',
    choices: [
      {
        text: 'It goes on with message 61.',
        why: 'Nobody wrote down that 60 were done. Kafka knows committed offsets only.',
      },
      {
        text: 'It does the 60 again, and then goes on.',
        right: true,
        why: 'At least once: the work must bear a repetition, such as a table that knows each address already.',
      },
      {
        text: 'The 60 are lost.',
        why: 'They would be if it had committed before the work. So the order of the two steps decides which mistake you get.',
      },
    ],
  },
];
