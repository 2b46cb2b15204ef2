// The frameworks of the current releases, and which flows each goes through.
import { express } from './express.js';
import type { Framework } from './flow-app.js';
import { flows } from './flows.js';
import { reactRouter, remix } from './request-frameworks.js';

export { express, reactRouter };

export const frameworks: readonly Framework[] = [reactRouter, remix, express];

/** The names of the flows that a framework goes through. */
export const flowsOf = ({ lacks }: Framework): string[] =>
  Object.keys(flows).filter((name) => !lacks.includes(name));
