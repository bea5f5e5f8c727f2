// @ts-expect-error kafkajs ships no types for its inner files
import RequestQueue from 'kafkajs/src/network/requestQueue/index.js';

const pendingCheckMs = 10;

type Queue = {
  throttledUntil: number;
  throttleCheckTimeoutId: NodeJS.Timeout | null;
  pending: unknown[];
  checkPendingRequests(): void;
};

/**
 * Keep kafkajs from asking for timers in the past: its request queue computes "throttled until − now", which is negative
 * when nothing is throttled, and Node 24 prints a warning for each. The check is scheduled for the soonest moment instead.
 */
export function quietTimers(): void {
  process.env.KAFKAJS_NO_PARTITIONER_WARNING = '1';
  RequestQueue.prototype.scheduleCheckPendingRequests = function schedule(this: Queue) {
    if (this.throttleCheckTimeoutId) return;
    const untilMs = this.throttledUntil - Date.now();
    const waitMs = untilMs > 0 ? untilMs : this.pending.length > 0 ? pendingCheckMs : 1;
    this.throttleCheckTimeoutId = setTimeout(() => {
      this.throttleCheckTimeoutId = null;
      this.checkPendingRequests();
    }, waitMs);
  };
}
