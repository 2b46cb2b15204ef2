// Makes text from a store safe to print: session ids are whatever somebody stored.

// Controls, line separators, and marks that are not seen or change the direction of text.
const unprintable = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** `text` on one line, with characters that a terminal would act upon escaped. */
export function printable(text: string): string {
  return text.replace(unprintable, escaped);
}

/** JSON that is as safe to print; it parses to the same value. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2)
    .split('\n')
    .map((line) => line.replace(unprintable, escaped))
    .join('\n');
}

function escaped(character: string): string {
  const units = character.split('').map((unit) => unit.charCodeAt(0));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}

/** A count for people: 20,000. */
export function formatCount(count: number): string {
  return count.toLocaleString('en-US');
}
