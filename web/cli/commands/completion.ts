/** `windhover completion bash|zsh|fish`: a script for the shell, made from the commands that there are. */
import { Argument, type Command } from 'commander';

const SHELLS = ['bash', 'zsh', 'fish'] as const;
type Shell = (typeof SHELLS)[number];

export function addCompletionCommand(program: Command, finish: (code: number) => void): void {
  program
    .command('completion')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .description('print a completion script: source <(windhover completion bash)')
    .action((shell: Shell) => {
      process.stdout.write(completionOf(program, shell));
      finish(0);
    });
}

interface Node {
  /** Words behind `windhover`, joined by a space. */
  readonly path: string;
  readonly words: readonly { readonly word: string; readonly about: string }[];
}

export function completionOf(program: Command, shell: Shell): string {
  const nodes = nodesOf(program, '');
  switch (shell) {
    case 'bash':
      return bash(nodes);
    case 'zsh':
      return `#compdef windhover\nautoload -U +X bashcompinit && bashcompinit\n${bash(nodes)}`;
    case 'fish':
      return fish(nodes);
  }
}

function nodesOf(command: Command, path: string): readonly Node[] {
  const options = [...command.options, ...(path === '' ? [] : [{ long: '--help', description: 'what it does' }])];
  const words = [
    ...command.commands.map((each) => ({ word: each.name(), about: each.description() })),
    ...options.flatMap(({ long, description }) => (long ? [{ word: long, about: description }] : [])),
  ];
  const inner = command.commands.flatMap((each) => nodesOf(each, path === '' ? each.name() : `${path} ${each.name()}`));
  return [{ path, words }, ...inner];
}

/** Files are completed where no word fits: most arguments are files. */
function bash(nodes: readonly Node[]): string {
  const cases = nodes.map(({ path, words }) => `    "${path}") words="${words.map(({ word }) => word).join(' ')}" ;;`);
  const groups = nodes.map(({ path }) => path).filter(Boolean);
  return `_windhover() {
  local current="\${COMP_WORDS[COMP_CWORD]}" path="" next words word
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD-1}"; do
    next="\${path:+$path }$word"
    case "$next" in
      ${groups.map((path) => `"${path}"`).join('|')}) path="$next" ;;
    esac
  done
  case "$path" in
${cases.join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$current"))
}
complete -o default -F _windhover windhover
`;
}

function fish(nodes: readonly Node[]): string {
  const lines = nodes.flatMap(({ path, words }) => {
    const inside = path.split(' ').filter(Boolean);
    const below = nodes.filter((node) => node.path.startsWith(path === '' ? '' : `${path} `) && node.path !== path);
    const names = below.map((node) => node.path.split(' ').at(inside.length)!);
    const seen = [
      ...inside.map((word) => `__fish_seen_subcommand_from ${word}`),
      ...(names.length > 0 ? [`not __fish_seen_subcommand_from ${[...new Set(names)].join(' ')}`] : []),
    ].join('; and ');
    return words.map(({ word, about }) => {
      const what = word.startsWith('--') ? `-l ${word.slice(2)}` : `-f -a ${word}`;
      return `complete -c windhover -n '${seen}' ${what} -d '${about.replaceAll("'", "\\'")}'`;
    });
  });
  return `${lines.join('\n')}\n`;
}
