import type { Messages } from './en.js';

export const deAccessReport: Messages['access'] = {
  title: 'Zugriffsbericht',
  passed: 'Der API-Benutzer hat alle nötigen Rechte.',
  failed: 'Diese Verbindung kann noch nicht arbeiten. Was zu tun ist, steht unten.',
  checkedAt: 'Geprüft',
  checkAgain: 'Erneut prüfen',
  rechecked: 'Die Zugriffsprüfung ist abgeschlossen.',
  outcomes: {
    passed: 'Bestanden',
    failed: 'Fehlgeschlagen',
    unknown: 'Unbekannt',
    skipped: 'Übersprungen',
  },
  groups: {
    signIn: 'Anmeldung',
    billing: 'Rechte für die Abrechnung',
    crm: 'Rechte für CRM',
    helpdesk: 'Rechte für den Helpdesk',
    visibility: 'Sichtbarkeit der Daten',
    currency: 'Währung',
    other: 'Weitere Prüfungen',
  },
  groupCount: (passed: number, total: number) => `${passed} von ${total} bestanden`,
  capabilityOff:
    'Nicht erteilt. Die Verbindung arbeitet auch ohne dieses Recht; die Funktion ist ausgeschaltet.',
  remedy: 'Was zu tun ist',
  found: 'Gefunden',
  excess: (count: number) => (count === 1 ? '1 Recht mehr als nötig' : `${count} Rechte mehr als nötig`),
  excessHint: 'Diese Rechte werden hier nicht gebraucht. Sie können sie in der Sicherheitsstufe entziehen.',
  history: 'Bisherige Zugriffsprüfungen',
  outcome: 'Ergebnis',
  notPassed: 'Was nicht bestanden wurde',
  nothing: 'Nichts',
  by: 'Von',
};
