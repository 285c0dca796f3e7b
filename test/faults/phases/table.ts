/** All faults, in the order of the fault table. */
import { bulkKilled } from './bulk-killed.ts';
import { clusterFailsOver } from './cluster.ts';
import { connections } from './connections.ts';
import { deadlyTasks } from './deadly-tasks.ts';
import { doubled } from './doubled.ts';
import { executorsKilled } from './executors-killed.ts';
import { executorsStopped } from './executors-stopped.ts';
import { memoryFull } from './memory-full.ts';
import { othersKilled } from './others-killed.ts';
import { parcelsLost } from './parcels-lost.ts';
import type { Phase } from './phase.ts';
import { redisKilled } from './redis-killed.ts';
import { rolledBack } from './rolled-back.ts';
import { rolling } from './rolling.ts';
import { scaling } from './scaling.ts';
import { schedules } from './schedules.ts';
import { sentinelsChoose } from './sentinels.ts';
import { starved } from './starved.ts';
import { tailCut } from './tail-cut.ts';
import { workersKilled } from './workers-killed.ts';
import { workersStopped } from './workers-stopped.ts';

export const PHASES: readonly Phase[] = [
  executorsKilled,
  executorsStopped,
  workersKilled,
  workersStopped,
  deadlyTasks,
  schedules,
  redisKilled,
  tailCut,
  connections,
  doubled,
  memoryFull,
  rolling,
  scaling,
  starved,
  bulkKilled,
  parcelsLost,
  othersKilled,
  rolledBack,
  sentinelsChoose,
  clusterFailsOver,
];
