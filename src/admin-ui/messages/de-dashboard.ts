import type { Messages } from './en.js';

export const deDashboard: Messages['dashboard'] = {
  title: 'Übersicht',
  navigation: 'Übersicht',
  needsYou: 'Jetzt zu erledigen',
  allDone: 'Nichts zu erledigen. Eingehende Änderungen erscheinen hier.',
  noConnections: 'Fügen Sie zuerst eine Verbindung hinzu.',
  toConnectors: 'Zu den Konnektoren',
  attention: (alias: string) => `${alias}: Autotask lehnt etwas ab; siehe Zugriffsbericht`,
  stopped: (alias: string, reason: string) => `${alias}: Es wird nichts gesendet. ${reason}`,
  failed: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 Vorgang fehlgeschlagen' : `${count} Vorgänge fehlgeschlagen`}`,
  approve: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 Plan wartet' : `${count} Pläne warten`} auf eine zweite Freigabe`,
  waiting: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 Abonnement hat Änderungen' : `${count} Abonnements haben Änderungen`}, die zu planen sind`,
  drift: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 Vertragsservice weicht' : `${count} Vertragsservices weichen`} vom angewendeten Stand ab`,
  unmapped: (alias: string) => `${alias}: Kunden warten auf ihre Zuordnung`,
  kinds: {
    attention: 'Zugriff',
    stopped: 'Angehalten',
    failed: 'Fehlgeschlagen',
    approve: 'Freigabe',
    waiting: 'Plan',
    drift: 'Abweichung',
    unmapped: 'Zuordnung',
  },
  recurring: 'Monatlich wiederkehrender Betrag',
  recurringHint: (day: string) =>
    `Was aktive Verträge am ${day} abrechnen, Stand der letzten Abfrage von Autotask; längere Zeiträume zählen monatsweise.`,
  noRecurring: 'Es wurden noch keine Verträge gelesen.',
  connections: 'Verbindungen',
  connection: 'Verbindung',
  state: 'Zustand',
  monthly: 'Monatlich',
  lines: 'Positionen',
  failedColumn: 'Fehlgeschlagen',
  underWay: 'Unterwegs',
  driftColumn: 'Abweichungen',
  driftMoney: 'Abweichung in Geld',
  waitingColumn: 'Zu planen',
};

export const dePolicies: Messages['policies'] = {
  title: 'Regeln',
  intro: 'Wie Änderungen von Abonnements nach Autotask gelangen.',
  applyMode: 'Änderungen',
  applyModes: {
    approval: 'Warten, bis eine Person einen Plan anwendet',
    automatic: 'Werden sofort geplant und geschrieben',
  },
  decrease: 'Weniger Einheiten',
  decreases: { sameDay: 'Am Tag der Änderung', nextPeriod: 'Am ersten Tag des nächsten Zeitraums' },
  cancel: 'Kündigung',
  cancels: { sameDay: 'Am Tag der Kündigung', periodEnd: 'Am Ende des Zeitraums' },
  azure: 'Azure-Pläne',
  azures: { charge: 'Vertragsgebühren des Monats', priceReset: 'Preis anpassen und zurücksetzen' },
  secondApprover: 'Zweite Freigabe ab mehr als',
  secondApproverHint: (currency: string) =>
    `Ein Plan mit höherem Wert braucht zwei Personen. In ${currency}; leer bedeutet nie.`,
  notAmount: 'Geben Sie einen Betrag wie 1500.00 ein, mit Punkt und ohne Tausendertrennzeichen.',
  save: 'Regeln speichern',
  saved: 'Die Regeln wurden geändert.',
  notSaved: 'Die Regeln wurden nicht geändert',
};
