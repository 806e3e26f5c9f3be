import { createContext, useContext, useMemo, useState } from 'react';
import type { ReactNode } from 'react';
import { setFormatLocale } from '../components/format.js';
import type { Messages } from './en.js';
import { en } from './en.js';
import { chosenLanguage, keepLanguage, loadMessages, localeFor } from './language.js';
import type { Language } from './language.js';
import { MessagesProvider } from './messages.js';

/** A language with its texts. */
export interface LoadedLanguage {
  language: Language;
  messages: Messages;
}

interface LanguageChoice {
  language: Language;
  /** Stays with the present language when the texts cannot be loaded. */
  choose: (language: Language) => Promise<void>;
}

const LanguageContext = createContext<LanguageChoice | null>(null);

/** Days, amounts and the page itself follow the language. */
function putInForce(language: Language): void {
  setFormatLocale(localeFor(language, navigator.languages));
  document.documentElement.lang = language;
}

/** Loads the language to begin with; English when its texts cannot be loaded. */
export async function loadFirstLanguage(): Promise<LoadedLanguage> {
  const language = chosenLanguage();
  try {
    return { language, messages: await loadMessages(language) };
  } catch {
    return { language: 'en', messages: en };
  }
}

/** Gives everything below it its language. */
export function LanguageProvider(props: { first: LoadedLanguage; children: ReactNode }): ReactNode {
  const [loaded, setLoaded] = useState(() => {
    putInForce(props.first.language);
    return props.first;
  });
  const choice = useMemo<LanguageChoice>(
    () => ({
      language: loaded.language,
      choose: async (language) => {
        const messages = await loadMessages(language);
        keepLanguage(language);
        putInForce(language);
        setLoaded({ language, messages });
      },
    }),
    [loaded.language],
  );
  return (
    <LanguageContext value={choice}>
      <MessagesProvider value={loaded.messages}>{props.children}</MessagesProvider>
    </LanguageContext>
  );
}

/** The present language, and how to choose another. Throws outside of `LanguageProvider`. */
export function useLanguage(): LanguageChoice {
  const choice = useContext(LanguageContext);
  if (choice === null) throw new Error('useLanguage needs a LanguageProvider above it');
  return choice;
}
