import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import type { Clock } from './clock.ts';
import type { Meter } from './meter.ts';
import { type Mischief, readFault, refuse } from './misbehave.ts';

const faultPlan = z.strictObject({
  path: z.string().min(1),
  fault: z.string(),
  times: z.int().min(1).max(100_000).default(1),
});
const limitPlan = z.strictObject({ callsPerMinute: z.int().min(1).nullable() });

/** The header that a call to `/control` must carry; a page of another site cannot send it without being asked first. */
export const controlHeader = 'x-ticklake-control';

/**
 * Add the switches for notebooks and tests: `GET /control` tells seed, clock and plans; `POST /control/faults`
 * `{"path": "/coins/markets", "fault": "429=2", "times": 3}` spoils the next answers, `DELETE` forgets the plans;
 * `POST /control/limit` `{"callsPerMinute": 30}` limits calls like the demo plan, null lifts the limit.
 */
export function addControl(
  server: FastifyInstance,
  { seed, clock, mischief, meter }: { seed: number; clock: Clock; mischief: Mischief; meter: Meter },
): void {
  server.register(async control => {
    control.addHook('onRequest', async (request, reply) => {
      const host = (request.headers.host ?? '').replace(/:\d+$/, '');
      const foreign = request.headers.origin !== undefined || !['127.0.0.1', 'localhost'].includes(host);
      if (foreign || request.headers[controlHeader] === undefined)
        return refuse(reply, 403, `Send the header ${controlHeader}, from this machine and not from a web page.`);
    });
    control.get('/control', async () => ({
      seed,
      marketTime: new Date(clock.now()).toISOString(),
      speed: clock.speed,
      faults: mischief.planned(),
    }));
    control.post('/control/faults', async (request, reply) => {
      const plan = faultPlan.safeParse(request.body);
      if (!plan.success) return refuse(reply, 422, z.prettifyError(plan.error));
      try {
        mischief.plan(plan.data.path, readFault(plan.data.fault), plan.data.times);
      } catch (error) {
        return refuse(reply, 422, (error as Error).message);
      }
      return { planned: mischief.planned() };
    });
    control.delete('/control/faults', async () => {
      mischief.clear();
      return { planned: [] };
    });
    control.post('/control/limit', async (request, reply) => {
      const plan = limitPlan.safeParse(request.body);
      if (!plan.success) return refuse(reply, 422, z.prettifyError(plan.error));
      meter.limit(plan.data.callsPerMinute ?? undefined);
      return plan.data;
    });
  });
}
