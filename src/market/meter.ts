/** Counts the calls of each minute of wall time against a limit. */
export type Meter = {
  /** Count one call; returns the seconds to wait when it is beyond the limit, else 0. */
  count: () => number;
  /** Set the limit; undefined lifts it. */
  limit: (callsPerMinute: number | undefined) => void;
};

export function openMeter(wall: () => number): Meter {
  let most: number | undefined;
  let opened = wall();
  let calls = 0;
  return {
    count: () => {
      const now = wall();
      if (now - opened >= 60_000) {
        opened = now;
        calls = 0;
      }
      if (most === undefined || ++calls <= most) return 0;
      return Math.ceil((opened + 60_000 - now) / 1000);
    },
    limit: callsPerMinute => {
      most = callsPerMinute;
      opened = wall();
      calls = 0;
    },
  };
}
