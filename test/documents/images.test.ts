// The diagrams can be read in light and in dark, and say in words what they show.
import { readdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { documents, documentText, repository } from './documents.js';

const folder = 'docs/images/';
const diagrams = readdirSync(new URL(folder, repository))
  .filter((name) => name.endsWith('.svg'))
  .map((name) => `${folder}${name}`);

test.each(diagrams)('%s has colours for both, a title and a description', (diagram) => {
  const text = documentText(diagram);
  const [, light = '', dark = ''] =
    /<style>([\s\S]*?)@media \(prefers-color-scheme: dark\) \{([\s\S]*?)<\/style>/.exec(text) ?? [];
  const coloured = [...light.matchAll(/^ *(\.?\w+) \{[^}]*(?:fill|stroke): #/gm)].map(
    ([, name]) => name,
  );
  expect(coloured.length).toBeGreaterThan(3);
  for (const name of coloured) expect(dark).toContain(`${name} {`);
  // Nothing is coloured past the style, which alone knows of both.
  expect(text.replace(/<style>[\s\S]*<\/style>/, '')).not.toMatch(/(fill|stroke)=/);
  expect(text).toMatch(/<title id="title">.+<\/title>\n *<desc id="description">.+<\/desc>/);
});

test.each(documents)('every image in %s has words in its place', (document) => {
  const images = [...documentText(document).matchAll(/!\[([^\]]*)\]/g)].map(([, words]) => words);
  for (const words of images) expect(words?.length).toBeGreaterThan(10);
});
