/** The tasks that every installation has. They come in by the door that all plugins use. */
import { definePlugin } from '@windhover/sdk';
import { echo } from './debug/echo.ts';
import { returns } from './debug/return.ts';
import { assert } from './execution/assert.ts';
import { exit } from './execution/exit.ts';
import { fail } from './execution/fail.ts';
import { kill } from './execution/kill.ts';
import { labels } from './execution/labels.ts';
import { resume } from './execution/resume.ts';
import { setVariables } from './execution/set-variables.ts';
import { unsetVariables } from './execution/unset-variables.ts';
import { sleep } from './flow/sleep.ts';
import { fetchLog } from './log/fetch.ts';
import { log } from './log/log.ts';
import { publish } from './metric/publish.ts';
import { outputValues } from './output/output-values.ts';
import { concat } from './storage/concat.ts';
import { deduplicateItems } from './storage/deduplicate-items.ts';
import { deleteFile } from './storage/delete.ts';
import { filterItems } from './storage/filter-items.ts';
import { localFiles } from './storage/local-files.ts';
import { purgeCurrentExecutionFiles } from './storage/purge-current-execution-files.ts';
import { reverse } from './storage/reverse.ts';
import { size } from './storage/size.ts';
import { split } from './storage/split.ts';
import { write } from './storage/write.ts';
import { templatedTask } from './templating/templated-task.ts';

export default definePlugin({
  name: '@windhover/plugin-core',
  version: '0.1.0',
  title: 'Core',
  tasks: [
    log,
    fetchLog,
    returns,
    echo,
    sleep,
    fail,
    exit,
    assert,
    labels,
    setVariables,
    unsetVariables,
    resume,
    kill,
    outputValues,
    publish,
    templatedTask,
    write,
    size,
    deleteFile,
    concat,
    split,
    reverse,
    filterItems,
    deduplicateItems,
    localFiles,
    purgeCurrentExecutionFiles,
  ],
});
