import { randomUUID } from 'node:crypto';
import { withAdmin } from './topics.ts';

/** States of a group that nobody is in. */
const deserted = new Set(['Empty', 'Dead', 'Unknown']);

/**
 * Name a consumer group that this process has to itself: the one wished for when nobody is in it, else one with a name of
 * its own. The member that a killed process left behind would hold up a group for as long as its session lasts.
 */
export async function groupAlone(groupId: string, addresses?: string[]): Promise<string> {
  const state = await withAdmin(addresses, async admin => (await admin.describeGroups([groupId])).groups[0]?.state);
  return state === undefined || deserted.has(state) ? groupId : `${groupId}-${randomUUID().slice(0, 8)}`;
}
