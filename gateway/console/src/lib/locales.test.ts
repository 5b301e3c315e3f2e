import { expect, test } from 'vitest';

import { LANGUAGES } from './i18n';

// Every word in every language [UI-1].
type Words = { [key: string]: string | Words };

function keysOf(words: Words, prefix = ''): string[] {
  return Object.entries(words).flatMap(([key, value]) => (typeof value === 'string' ? [prefix + key] : keysOf(value, `${prefix}${key}.`)));
}

const textOf = (words: Words, key: string) => key.split('.').reduce<string | Words>((at, part) => (at as Words)[part] ?? '', words) as string;
const fields = (text: string) => [...text.matchAll(/{{(\w+)}}/g)].map((found) => found[1]).sort();
const words = import.meta.glob<Words>('../**/locales/*.json', { eager: true, import: 'default' });
const sources = import.meta.glob<string>('../**/*.{ts,tsx}', { eager: true, query: '?raw', import: 'default' });
const read = (file: string) => words[file] ?? {};

const english = Object.keys(words).filter((file) => file.endsWith('/en.json'));

test.each(english)('%s has every key in every language, with the same fields', (file) => {
  const own = read(file);
  for (const language of LANGUAGES) {
    const other = read(file.replace('en.json', `${language}.json`));
    expect(keysOf(other).sort()).toEqual(keysOf(own).sort());
    for (const key of keysOf(own)) expect([key, fields(textOf(other, key))]).toEqual([key, fields(textOf(own, key))]);
  }
});

test.each(english)('%s has every key that the code asks for', (file) => {
  const area = /([^/]+)\/locales/.exec(file)?.[1] ?? '';
  const keys = new Set(keysOf(read(file)).map((key) => key.replace(/_(one|other)$/, '')));
  for (const [source, text] of Object.entries(sources)) {
    const namespace = /useTranslation\('(\w+)'\)/.exec(text)?.[1];
    for (const [, key] of text.matchAll(/\bt\('([\w.-]+)'/g)) {
      if (namespace === area && key !== undefined) expect(keys, `${source}: ${key}`).toContain(key);
    }
    for (const [, other, key] of text.matchAll(/\bt\('(\w+):([\w.-]+)'/g)) {
      if (other === area && key !== undefined) expect(keys, `${source}: ${key}`).toContain(key);
    }
  }
});
