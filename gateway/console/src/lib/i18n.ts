import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';

export const LANGUAGES = ['en', 'hi', 'de'] as const;
export type Language = (typeof LANGUAGES)[number];
const KEPT = 'ambula.language';

/** Every `<area>/locales/<language>.json` is the namespace `<area>`; a language of an area is loaded when first needed. */
const files = import.meta.glob<{ default: Record<string, unknown> }>('../**/locales/*.json');
const places = new Map<string, () => Promise<{ default: Record<string, unknown> }>>();
for (const [path, load] of Object.entries(files)) {
  const found = /([^/]+)\/locales\/(\w+)\.json$/.exec(path);
  if (found) places.set(`${found[2]}/${found[1]}`, load);
}

const backend = {
  type: 'backend' as const,
  init: () => undefined,
  read: (language: string, area: string, done: (error: unknown, data: Record<string, unknown> | null) => void) => {
    const load = places.get(`${language}/${area}`);
    if (!load) return done(new Error(`no words for ${area} in ${language}`), null);
    load().then((file) => done(null, file.default), (error: unknown) => done(error, null));
  },
};

export function isLanguage(text: string | null | undefined): text is Language {
  return LANGUAGES.some((language) => language === text);
}

function preferred(): Language {
  const kept = localStorage.getItem(KEPT);
  if (isLanguage(kept)) return kept;
  return navigator.languages.map((one) => one.slice(0, 2)).find(isLanguage) ?? 'en';
}

export async function startLanguage(): Promise<void> {
  await i18next
    .use(backend)
    .use(initReactI18next)
    .init({
      lng: preferred(),
      fallbackLng: 'en',
      supportedLngs: [...LANGUAGES],
      ns: ['app', 'ui', 'words', 'errors'],
      defaultNS: 'app',
      nsSeparator: ':',
      interpolation: { escapeValue: false },
      react: { useSuspense: true },
    });
  document.documentElement.lang = i18next.language;
}

export async function chooseLanguage(language: Language): Promise<void> {
  localStorage.setItem(KEPT, language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
}
