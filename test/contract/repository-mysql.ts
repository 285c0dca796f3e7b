/**
 * The repository contract, held against a MySQL 8 that runs: `npm run test:mysql`, with MYSQL_URL=mysql://user:password@host/database.
 * All tables of that database are dropped.
 */
import { after } from 'node:test';
import { createConnection } from 'mysql2/promise';
import { silentLog } from '../../lib/log.ts';
import type { Repository } from '../../lib/repository/repository.ts';
import { openSqlRepository } from '../../lib/repository/sql/open.ts';
import { holdsRepositoryContract } from './repository.ts';

const url = process.env.MYSQL_URL;
if (!url) throw new Error('expected MYSQL_URL=mysql://user:password@host/database, got none');
const TABLES = ['executions', 'task_runs', 'logs', 'metrics', 'flows', 'cursors', 'windhover_schema'];
const opened: Repository[] = [];
after(async () => {
  for (const repository of opened) await repository.close();
});

holdsRepositoryContract('MySQL', async (reach) => {
  const connection = await createConnection(url);
  await connection.query(`drop table if exists ${TABLES.join(', ')}`);
  await connection.end();
  const repository = openSqlRepository({ file: '', url, log: silentLog, reach });
  opened.push(repository);
  await repository.open();
  return repository;
});
