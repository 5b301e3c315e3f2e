import { readdirSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

import { expect, test } from 'vitest';

// A part without its style sheet would stand naked on the screen [UI-1].
const packages = fileURLToPath(new URL('../../node_modules/@mantine', import.meta.url));
const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.*'], { eager: true, query: '?raw', import: 'default' });
const list = Object.entries(sources).find(([file]) => file.endsWith('/mantine.ts'))?.[1] ?? '';
const sheets = readdirSync(join(packages, 'core/styles')).map((file) => basename(file, '.css'));

const IMPORT = /import (?:type )?(?:\{([^}]*)\}|[\w$]+)(?:, \{([^}]*)\})? from ["']([^"']+)["']/g;
const importsOf = (text: string) =>
  [...text.matchAll(IMPORT)].map(([, first, second, from = '']) => ({
    from,
    names: `${first ?? ''},${second ?? ''}`.split(',').map((name) => name.trim().split(' as ')[0] ?? '').filter(Boolean),
  }));

/** Where a package's parts stand: name → file. */
function partsOf(name: string): Map<string, string> {
  const folder = join(packages, name, 'esm');
  const index = importsOf(readFileSync(join(folder, 'index.mjs'), 'utf8'));
  return new Map(index.filter(({ from }) => from.startsWith('.')).flatMap(({ names, from }) => names.map((part) => [part, join(folder, from)] as const)));
}

/** The sheets that our sources need, by way of whatever a part is made of: other parts, in whichever package. */
function needed(): Set<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const parts = new Map<string, Map<string, string>>();
  const follow = (text: string, folder: string) => {
    for (const { names, from } of importsOf(text)) {
      const name = /^@mantine\/(core|charts|dates|notifications|spotlight)$/.exec(from)?.[1];
      if (name) {
        if (!parts.has(name)) parts.set(name, partsOf(name));
        for (const part of names) visit(parts.get(name)?.get(part));
      } else if (folder && from.startsWith('.')) {
        visit(join(folder, from));
      }
    }
  };
  const visit = (file: string | undefined) => {
    if (!file || seen.has(file)) return;
    seen.add(file);
    if (file.endsWith('.module.mjs')) {
      if (file.startsWith(join(packages, 'core'))) found.add(basename(file, '.module.mjs'));
    } else {
      follow(readFileSync(file, 'utf8'), dirname(file));
    }
  };
  for (const text of Object.values(sources)) follow(text, '');
  return found;
}

/** Of parts that ours have with them, but that stand nowhere unless a source asks for them by this. */
const ASKED_FOR = { CheckboxCard: 'Checkbox.Card', RadioCard: 'Radio.Card', Mark: 'highlightQuery' };

test('every part of Mantine that a screen uses, itself or by way of another, has its styles', () => {
  const used = needed();
  const all = Object.values(sources).join();
  for (const [part, word] of Object.entries(ASKED_FOR)) if (!all.includes(word)) used.delete(part);
  // By the legends of charts, the palette, and dialogs: nobody names these.
  for (const hidden of ['ColorSwatch', 'ModalBase', 'Overlay', 'Popover', 'CloseButton']) expect(used).toContain(hidden);
  expect([...used].filter((name) => sheets.includes(name) && !list.includes(`/${name}.css'`))).toEqual([]);
});
