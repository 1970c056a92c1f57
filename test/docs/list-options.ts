import path from 'node:path';
import { listCommands } from '../../lab/commands/list-commands.ts';
import { createRecordedLine } from '../../lab/testing/recorded-line.ts';

type Command = ReturnType<typeof listCommands>[number];

const ROOT = path.resolve(import.meta.dirname, '../..');
const COMMANDS = listCommands(createRecordedLine());
const code = (text: string): string => `\`${text}\``;

/** A row for each command: how it is written, and what it does. */
export function describeCommands(): readonly (readonly string[])[] {
  return COMMANDS.map((command) => [
    code([command.name(), ...listArguments(command)].join(' ')),
    command.description(),
  ]);
}

function listArguments({ registeredArguments }: Command): readonly string[] {
  return registeredArguments.map((argument) => {
    const name = argument.name() + (argument.variadic ? '…' : '');
    return argument.required ? `<${name}>` : `[${name}]`;
  });
}

/** A row for each option: what it means, and the commands that take it so. */
export function describeOptions(): readonly (readonly string[])[] {
  const options = COMMANDS.flatMap((command) =>
    command.options.map((option) => ({ command: command.name(), flags: option.flags, meaning: describe(option) })),
  );
  const alike = Map.groupBy(options, ({ flags, meaning }) => `${flags} ${meaning}`);
  return [...alike.values()]
    .flatMap(([first, ...others]) => (first === undefined ? [] : [{ ...first, takers: [first, ...others] }]))
    .toSorted((one, other) => one.flags.localeCompare(other.flags))
    .map(({ flags, meaning, takers }) => [code(flags), meaning, takers.map(({ command }) => command).join(', ')]);
}

function describe(option: Command['options'][number]): string {
  const { description, argChoices, defaultValueDescription } = option;
  const defaultValue: unknown = option.defaultValue;
  const preset = defaultValueDescription ?? (typeof defaultValue === 'string' ? defaultValue : undefined);
  const facts = [
    ...(argChoices === undefined ? [] : [`one of ${argChoices.join(', ')}`]),
    // A folder of this checkout, wherever that is.
    ...(preset === undefined ? [] : [`by default ${preset.replace(`${ROOT}${path.sep}`, '')}`]),
  ];
  return facts.length === 0 ? description : `${description} (${facts.join('; ')})`;
}
