import { createContext, useContext } from 'react';
import { en } from './en.js';
import type { Messages } from './en.js';

const MessagesContext = createContext<Messages>(en);

/** Chooses the language of everything below it. */
export const MessagesProvider = MessagesContext.Provider;

/** The text for a word of the API, or the word itself when this version knows no text for it. */
export function textFor(texts: Readonly<Record<string, string>>, word: string): string {
  return Object.hasOwn(texts, word) ? (texts[word] ?? word) : word;
}

/** The texts of the current language. */
export function useMessages(): Messages {
  return useContext(MessagesContext);
}
