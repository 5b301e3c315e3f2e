import { expect, test } from 'vitest';

// A part without its style sheet would stand naked on the screen [UI-1].
const sheets = Object.keys(import.meta.glob('../../node_modules/@mantine/core/styles/*.css')).map((file) => /([^/]+)\.css$/.exec(file)?.[1] ?? '');
const sources = import.meta.glob<string>(['../**/*.{ts,tsx}', '!../**/*.test.*'], { eager: true, query: '?raw', import: 'default' });
const list = Object.entries(sources).find(([file]) => file.endsWith('/mantine.ts'))?.[1] ?? '';

test('every part of Mantine that a screen uses has its styles', () => {
  const used = new Set(
    Object.values(sources).flatMap((text) =>
      [...text.matchAll(/import \{([^}]+)\} from '@mantine\/core'/g)].flatMap(([, names]) => (names ?? '').split(',').map((name) => name.trim())),
    ),
  );
  const missing = [...used].filter((name) => sheets.includes(name) && !list.includes(`/${name}.css'`));
  expect(sheets.length).toBeGreaterThan(50);
  expect(missing).toEqual([]);
});
