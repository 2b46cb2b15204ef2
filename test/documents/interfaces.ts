// Reads the interfaces of the sources: their properties, with what their docstrings say.
import { sources, sourceText } from './docstrings.js';

/** A property or method of an interface. */
export interface InterfaceMember {
  readonly name: string;
  /** The docstring in one line, without its `Default: …`. */
  readonly meaning: string;
  /** What stands after `Default:`. */
  readonly byDefault: string | undefined;
}

/**
 * The members of an interface, those that it extends last, in the order of the source.
 *
 * @throws {Error} There is not one exported interface of this name.
 */
export function interfaceMembers(name: string): InterfaceMember[] {
  const pattern = new RegExp(
    `^export interface ${name}(?:<[^{]*>)?(?: extends ([^{]+))? \\{\\n([\\s\\S]*?)^\\}`,
    'm',
  );
  const found = sources.flatMap((file) => pattern.exec(sourceText(file)) ?? []);
  const [, bases = '', body] = found;
  if (body === undefined || found.length > 3) {
    throw new Error(`There is not one exported interface ${name}.`);
  }
  const own = [
    ...body.matchAll(/^ {2}(?:\/\*\*([\s\S]*?)\*\/\n {2})?(?:readonly )?(\w+)(?:<.*>)?\??[:(]/gm),
  ].map(([, docstring = '', member = '']) => memberOf(member, docstring));
  const inherited = bases
    .split(',')
    .map((base) => base.trim().replace(/<.*/, ''))
    .filter((base) => base !== '')
    .flatMap(interfaceMembers);
  return [...own, ...inherited.filter(({ name }) => !own.some((member) => member.name === name))];
}

function memberOf(name: string, docstring: string): InterfaceMember {
  const line = docstring
    .replace(/\n\s*@[\s\S]*$/, '')
    .replace(/^\s*\* ?/gm, '')
    .replace(/\s+/g, ' ')
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .trim();
  const [sentence = '', byDefault] =
    / ?Default: ((?:`[^`]*`|[^.`])+)(?:\.(?=\s|$)|$)/.exec(line) ?? [];
  // As in `'strict'` (default): …
  const [, marked] = /(`[^`]+`) \(default\)/.exec(line) ?? [];
  return { name, meaning: line.replace(sentence, '').trim(), byDefault: byDefault ?? marked };
}
