import { createContext, useContext } from 'react';
import { en } from './en.js';
import type { Messages } from './en.js';

const MessagesContext = createContext<Messages>(en);

/** Chooses the language of everything below it. */
export const MessagesProvider = MessagesContext.Provider;

/** The texts of the current language. */
export function useMessages(): Messages {
  return useContext(MessagesContext);
}
