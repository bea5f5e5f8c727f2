import type { Landed } from '../bronze/lander.ts';
import type { Maintenance } from '../lake/maintain.ts';
import { inState } from '../run/paths.ts';
import { alive } from '../run/process.ts';
import { readState, showState } from '../run/state-file.ts';
import type { Refreshed } from './keeper.ts';

/** One landing as the status shows it. */
export type BatchStatus = {
  at: string; // of the commit
  landing_id: number;
  messages: number;
  bytes: number; // of the messages' values
  messages_per_second: number;
  duration_ms: number; // from the first statement to the commit
  lag: number; // messages that Kafka still held then
};

/** What the pipeline says of itself; times are the wall's, ISO 8601 in UTC. */
export type PipelineStatus = {
  state: 'starting' | 'running' | 'stopped' | 'failed';
  profile: string;
  pid: number;
  started_at: string;
  updated_at: string;
  interval_ms: number; // the trigger: least time between two landings
  batches: number; // since the start
  messages: number;
  lag: number; // messages that Kafka holds and the lake does not
  partitions: { topic: string; partition: number; next_offset: string; lag: number }[];
  recent_batches: BatchStatus[]; // the last hundred, oldest first
  models: Record<string, { at: string; landing_id: number; duration_ms: number }>; // last refresh of each
  maintenance: ({ at: string } & Maintenance) | null;
  error: string | null;
};

export type StatusBoard = {
  readonly status: PipelineStatus;
  /** Tables and topic are there; the reading begins. */
  running(): void;
  landed(landed: Landed): void;
  refreshed(refreshed: Refreshed): void;
  maintained(maintenance: Maintenance): void;
  /** The last word: how it ended. */
  end(state: 'stopped' | 'failed', error?: string): void;
};

const recent = 100;
const writeEveryMs = 250;
const statusPath = (): string => inState('pipeline', 'status.json');

/** Open the board on which the pipeline writes its status, at most four times a second. */
export function openStatus(
  profile: string,
  intervalMs: number,
  onProgress?: (status: PipelineStatus) => void,
): StatusBoard {
  const now = () => new Date().toISOString();
  const status: PipelineStatus = {
    state: 'starting',
    profile,
    pid: process.pid,
    started_at: now(),
    updated_at: now(),
    interval_ms: intervalMs,
    batches: 0,
    messages: 0,
    lag: 0,
    partitions: [],
    recent_batches: [],
    models: {},
    maintenance: null,
    error: null,
  };
  let timer: NodeJS.Timeout | undefined;
  const write = () => {
    clearTimeout(timer);
    timer = undefined;
    showState(statusPath(), status);
  };
  const show = () => {
    status.updated_at = now();
    onProgress?.(status);
    timer ??= setTimeout(write, writeEveryMs);
  };
  write();

  return {
    status,
    running: () => {
      status.state = 'running';
      show();
    },
    landed: ({ landingId, rows, bytes, durationMs, lags }) => {
      status.batches++;
      status.messages += rows;
      status.lag = lags.reduce((sum, { lag }) => sum + lag, 0);
      status.partitions = lags.map(({ next, ...place }) => ({ ...place, next_offset: `${next}` }));
      const batch: BatchStatus = {
        at: now(),
        landing_id: landingId,
        messages: rows,
        bytes,
        messages_per_second: Math.round((rows * 1000) / durationMs),
        duration_ms: Math.round(durationMs),
        lag: status.lag,
      };
      status.recent_batches = [...status.recent_batches.slice(1 - recent), batch];
      show();
    },
    refreshed: ({ model, landingId, durationMs }) => {
      status.models[model] = { at: now(), landing_id: landingId, duration_ms: durationMs };
      show();
    },
    maintained: maintenance => {
      status.maintenance = { at: now(), ...maintenance };
      show();
    },
    end: (state, error) => {
      status.state = state;
      status.error = error ?? null;
      status.updated_at = now();
      onProgress?.(status);
      write();
    },
  };
}

/**
 * Read what the pipeline last said; undefined before its first start. After a kill it still says "running": `alive` tells.
 */
export function readStatus(): (PipelineStatus & { alive: boolean }) | undefined {
  const text = readState(statusPath());
  if (text === undefined) return undefined;
  const status = JSON.parse(text) as PipelineStatus;
  return { ...status, alive: alive(status.pid) && (status.state === 'running' || status.state === 'starting') };
}
