/** A process that opens a repository's file when told, at the same moment as others, and writes to it. */
import { once } from 'node:events';
import { silentLog } from '../../lib/log.ts';
import { openSqlRepository } from '../../lib/repository/sql/open.ts';
import { aBatch, anExecution } from './rows.ts';

const [file = '', name = ''] = process.argv.slice(2);
process.send!('ready');
await once(process, 'message');
const repository = openSqlRepository({ file, log: silentLog });
await repository.open();
for (let n = 0; n < 50; n++) await repository.write(aBatch({ executions: [anExecution(`${name}${n}`, n + 1)] }));
await repository.close();
process.disconnect();
