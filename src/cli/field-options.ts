import { type Command, InvalidArgumentError, Option } from 'commander';
import type { Option as Definition, OptionSet } from '../domain/option.ts';
import { readOption } from '../domain/read-option.ts';

/** Adds options of an upload to a command; each is named as its field, with dashes. */
export function addOptions(command: Command, set: OptionSet): Command {
  for (const [name, definition] of Object.entries(set)) command.addOption(toOption(name, definition));
  return command;
}

/**
 * What was given on the command line, by the names of the fields.
 * @param values as Commander has read them
 */
export function sentOptions(values: Readonly<Record<string, unknown>>, set: OptionSet): Map<string, string> {
  const given = Object.entries(set).map(([name, definition]): [string, unknown] => {
    const value = values[toOption(name, definition).attributeName()];
    return [name, value === definition.preset && typeof value === 'boolean' ? undefined : value];
  });
  return new Map(given.filter(([, value]) => value !== undefined).map(([name, value]) => [name, String(value)]));
}

function toOption(name: string, definition: Definition): Option {
  const { schema, preset, argument } = definition;
  const { type, enum: choices, minimum, maximum } = schema as Shape;
  const flag = `--${name.replaceAll('_', '-')}`;
  // A switch that is on by itself can only be turned off.
  if (type === 'boolean') return new Option(preset === true ? flag.replace('--', '--no-') : flag, helpOf(definition));
  const range = minimum !== undefined && maximum !== undefined ? `${minimum}-${maximum}` : undefined;
  const value = argument ?? range ?? (choices ? 'choice' : name.split('_').at(-1));
  const option = new Option(`${flag} <${value}>`, helpOf(definition));
  if (choices === undefined || argument !== undefined) return option;
  return option.choices(choices).argParser((text: string) => {
    try {
      return readOption(name, definition, text);
    } catch {
      throw new InvalidArgumentError(`Allowed choices are ${choices.join(', ')}.`);
    }
  });
}

interface Shape {
  type?: string;
  enum?: string[];
  minimum?: number;
  maximum?: number;
}

/** The meaning as help has it: no capital, no full stop, the default at the end. */
function helpOf({ schema, preset, absent }: Definition): string {
  const { description } = schema;
  const plain = description.replaceAll('`', '').replace(/\.$/, '');
  const otherwise = (schema as Shape).type === 'boolean' ? undefined : (preset ?? absent);
  return `${plain.slice(0, 1).toLowerCase()}${plain.slice(1)}${otherwise === undefined ? '' : ` (${otherwise})`}`;
}
