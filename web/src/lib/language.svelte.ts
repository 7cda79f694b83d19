// The language of the page: what the user chose, else what the browser asks for.

export type Language = 'ko' | 'en';

/** Texts of one part of the page. Each language has the same keys: the type checker sees to it. */
export interface Both<T> {
  en: T;
  ko: T;
}

type Shape<T> = { [K in keyof T]: T[K] extends (...args: infer A) => string ? (...args: A) => string : T[K] extends string ? string : Shape<T[K]> };

/** Declares texts: `texts({ title: 'Projects' }, { title: '프로젝트' })`. */
export function texts<T>(en: T, ko: Shape<T>): Both<Shape<T>> {
  return { en: en as Shape<T>, ko };
}

const KEPT = 'kihap.language';

function first(): Language {
  const kept = localStorage.getItem(KEPT);
  if (kept === 'ko' || kept === 'en') return kept;
  return navigator.language.toLowerCase().startsWith('ko') ? 'ko' : 'en';
}

class Choice {
  #current = $state<Language>(first());

  get current(): Language {
    return this.#current;
  }

  set current(language: Language) {
    this.#current = language;
    localStorage.setItem(KEPT, language);
  }
}

export const language = new Choice();

/** The texts in the language of now; reactive inside `$derived` and templates. */
export function words<T>(both: Both<T>): T {
  return both[language.current];
}

/** A title that comes in both languages from the server. */
export function title(names: { ko: string; en: string }): string {
  return names[language.current] || names.en || names.ko;
}

/** A share as per cent with one decimal. */
export function percent(share: number): string {
  return new Intl.NumberFormat(language.current, { style: 'percent', minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(share);
}
