/** Commands of one noun may stand in several files: whoever comes first makes the group. */
import type { Command } from 'commander';

export const groupOf = (program: Command, name: string, description: string): Command =>
  program.commands.find((command) => command.name() === name) ?? program.command(name).description(description);
