// The expressions of a write that DynamoDB makes only while an item is still as it was read.
import { type AttributeValue, optionalAttributes, type SessionItem } from './session-item.js';

/** The condition that the whole item is still as it was read. */
export function conditionOf(expected: SessionItem) {
  const placeholders = new Placeholders();
  return { ConditionExpression: isUnchanged(placeholders, expected), ...placeholders.input };
}

/** An update of what changed, on the condition that the whole item is still as it was read. */
export function updateOf(expected: SessionItem, after: SessionItem, changed: readonly string[]) {
  const placeholders = new Placeholders();
  const condition = isUnchanged(placeholders, expected, changed);
  const set = changed.filter((name) => after[name] !== undefined);
  const removed = changed.filter((name) => after[name] === undefined);
  const assignments = set.map(
    (name) => `${placeholders.name(name)} = ${placeholders.value(after[name])}`,
  );
  const updates = [
    ...(set.length > 0 ? [`SET ${assignments.join(', ')}`] : []),
    ...(removed.length > 0
      ? [`REMOVE ${removed.map((name) => placeholders.name(name)).join(', ')}`]
      : []),
  ];
  return {
    ConditionExpression: condition,
    UpdateExpression: updates.join(' '),
    ...placeholders.input,
  };
}

/** @param changed Attributes that must be absent still if they were, beside those of a session. */
function isUnchanged(
  placeholders: Placeholders,
  expected: SessionItem,
  changed: readonly string[] = [],
): string {
  const unchanged = (path: string, attribute: AttributeValue): string[] => {
    if (attribute.M === undefined) return [`${path} = ${placeholders.value(attribute)}`];
    const members = Object.entries(attribute.M as SessionItem);
    return [
      `size(${path}) = ${placeholders.value({ N: String(members.length) })}`,
      ...members.flatMap(([name, member]) =>
        unchanged(`${path}.${placeholders.name(name)}`, member),
      ),
    ];
  };
  const conditions = Object.entries(expected).flatMap(([name, value]) =>
    unchanged(placeholders.name(name), value),
  );
  const absent = [...new Set([...optionalAttributes, ...changed])].filter(
    (name) => expected[name] === undefined,
  );
  conditions.push(...absent.map((name) => `attribute_not_exists(${placeholders.name(name)})`));
  return conditions.join(' AND ');
}

/** What stands for names and values in the expressions of one write. */
class Placeholders {
  readonly #names = new Map<string, string>();
  readonly #values: unknown[] = [];

  name(name: string): string {
    const placeholder = this.#names.get(name) ?? `#n${this.#names.size}`;
    this.#names.set(name, placeholder);
    return placeholder;
  }

  value(value: unknown): string {
    this.#values.push(value);
    return `:v${this.#values.length - 1}`;
  }

  get input() {
    return {
      ExpressionAttributeNames: Object.fromEntries(
        [...this.#names].map(([name, placeholder]) => [placeholder, name]),
      ),
      ExpressionAttributeValues: Object.fromEntries(
        this.#values.map((value, index) => [`:v${index}`, value]),
      ),
    };
  }
}
