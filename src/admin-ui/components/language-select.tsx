import type { ReactNode } from 'react';
import { NativeSelect } from '@mantine/core';
import { LANGUAGES } from '../messages/language.js';
import type { Language } from '../messages/language.js';
import { useLanguage } from '../messages/language-provider.js';
import { useMessages } from '../messages/messages.js';
import { useAction } from './use-action.js';

/** The switch of the language; each language is written in itself. */
export function LanguageSelect(): ReactNode {
  const messages = useMessages();
  const { language, choose } = useLanguage();
  const change = useAction((wanted: Language) => choose(wanted));
  return (
    <NativeSelect
      label={messages.app.language}
      size="xs"
      value={language}
      disabled={change.isPending}
      onChange={(event) => void change.run(event.currentTarget.value as Language)}
    >
      {Object.entries(LANGUAGES).map(([tag, name]) => (
        <option key={tag} value={tag} lang={tag}>
          {name}
        </option>
      ))}
    </NativeSelect>
  );
}
