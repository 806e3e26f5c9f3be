import type { Messages } from './en.js';

export const deMapping: Messages['mapping'] = {
  titles: {
    customers: 'Kunden Firmen zuordnen',
    offers: 'Angebote Services zuordnen',
    subscriptions: 'Abonnements Verträgen zuordnen',
  },
  intros: {
    customers: 'Jeder Kunde wird über eine Firma in Autotask in der Währung der Verbindung abgerechnet.',
    offers:
      'Jedes Angebot wird über einen Service abgerechnet, dessen Zeitraum dem Abrechnungszyklus des Angebots entspricht.',
    subscriptions: 'Jedes Abonnement wird über einen Vertrag der zugeordneten Firma abgerechnet.',
  },
  subjects: { customers: 'Kunde', offers: 'Angebot', subscriptions: 'Abonnement' },
  targets: { customers: 'Firma', offers: 'Service', subscriptions: 'Vertrag' },
  targetsFound: {
    customers: 'Firmen in Autotask',
    offers: 'Services in Autotask',
    subscriptions: 'Verträge in Autotask',
  },
  lists: {
    customers: 'Kunden und ihre Firmen',
    offers: 'Angebote und ihre Services',
    subscriptions: 'Abonnements und ihre Verträge',
  },
  search: 'Suche',
  searchHint: 'Beliebiger Teil eines Namens oder einer Nummer. Taste: /',
  show: 'Anzeigen',
  states: { unmapped: 'Nicht zugeordnet', mapped: 'Zugeordnet', excluded: 'Ausgeschlossen' },
  allStates: 'Alle',
  state: 'Zustand',
  shown: (count: number, text: string, hasMore: boolean) =>
    hasMore
      ? `${text} Zeilen gelesen, weitere folgen beim Blättern`
      : count === 1
        ? '1 Zeile'
        : `${text} Zeilen`,
  reading: 'Weitere Zeilen werden gelesen …',
  keysTitle: 'Tasten',
  keys: [
    ['Pfeile', 'bewegen'],
    ['Enter', 'Gegenstück wählen'],
    ['Leertaste', 'auswählen'],
    ['A', 'Vorschlag annehmen'],
    ['E', 'ausschließen'],
    ['U', 'rückgängig machen'],
    ['/', 'suchen'],
  ],
  suggested: 'Vorschlag',
  score: (percent: string) => `${percent} wahrscheinlich`,
  reasons: {
    number: 'gleiche Nummer',
    domain: 'gleiche Domain',
    sku: 'gleiche SKU',
    service: 'enthält den Service',
    name: 'ähnlicher Name',
    only: 'das einzige passende',
  },
  reasonsOf: (reasons: string) => `weil: ${reasons}`,
  noSuggestion: 'Kein Vorschlag',
  selection: 'Ausgewählt',
  select: (name: string) => `${name} auswählen`,
  choose: 'Wählen',
  chooseFor: (name: string) => `Wählen: Gegenstück von ${name}`,
  change: 'Ändern',
  changeOf: (name: string) => `Ändern: Zuordnung von ${name}`,
  accept: 'Annehmen',
  acceptOf: (name: string, target: string) => `Annehmen: ${target} für ${name}`,
  acceptSelected: (count: number) => `${count} ausgewählte annehmen`,
  selectCertain: 'Vorschläge ab 80 % auswählen',
  clearSelection: 'Auswahl aufheben',
  exclude: 'Ausschließen',
  excludeTitle: (name: string) => `${name} ausschließen`,
  excludeHint: 'Wird über diese Verbindung nicht abgerechnet und nicht mehr als nicht zugeordnet aufgeführt.',
  reason: 'Grund',
  remove: 'Entfernen',
  removeOf: (name: string) => `Entfernen: Zuordnung von ${name}`,
  undoExclusion: 'Einschließen',
  undoExclusionOf: (name: string) => `Einschließen: ${name}`,
  map: 'Zuordnen',
  removedRow: (name: string) => `${name} ist nicht mehr zugeordnet.`,
  mappedRow: (name: string, target: string) => `${name} ist ${target} zugeordnet.`,
  excludedRow: (name: string) => `${name} ist ausgeschlossen.`,
  acceptedRows: (count: number) =>
    count === 1 ? '1 Zuordnung wurde angenommen.' : `${count} Zuordnungen wurden angenommen.`,
  refusedRows: (count: number) =>
    count === 1
      ? '1 Zuordnung wurde abgelehnt; die Zeile nennt den Grund.'
      : `${count} Zuordnungen wurden abgelehnt; die Zeilen nennen den Grund.`,
  notDone: 'Das wurde nicht ausgeführt',
  undo: 'Rückgängig',
  undoOf: (what: string) => `Rückgängig: ${what}`,
  nothingToUndo: 'Es gibt nichts rückgängig zu machen.',
  undone: (what: string) => `Rückgängig gemacht: ${what}`,
  exportCsv: 'CSV exportieren',
  importCsv: 'CSV importieren',
  exportFailed: 'Die Zuordnungen konnten nicht exportiert werden',
  importTitle: 'Zuordnungen importieren',
  importHint:
    'Nimmt die Datei, die der Export schreibt. Jede Zeile wird einzeln angenommen oder abgelehnt; Zeilen ohne Gegenstück ändern nichts, und keine Zeile entfernt eine Zuordnung.',
  chooseFile: 'CSV-Datei wählen',
  importing: 'Wird importiert …',
  importFailed: 'Die Datei wurde nicht importiert',
  importResult: 'Ergebnis',
  importLines: (read: number) => (read === 1 ? '1 Zeile gelesen' : `${read} Zeilen gelesen`),
  importCounts: (accepted: number, unchanged: number, rejected: number) =>
    `${accepted} angenommen, ${unchanged} unverändert, ${rejected} abgelehnt`,
  rejections: 'Abgelehnte Zeilen',
  line: 'Zeile',
  column: 'Spalte',
  why: 'Warum',
  code: 'Code',
  targetSearch: 'In Autotask suchen',
  noTargets: 'Nichts gefunden. Versuchen Sie einen anderen Teil des Namens oder der Nummer.',
  targetsHint: 'Vorschläge stehen zuerst. Pfeiltasten bewegen, Enter ordnet zu.',
  none: {
    customers: 'Die Plattform hat noch keine Kunden.',
    offers: 'Noch hat niemand ein Angebot gekauft.',
    subscriptions: 'Es gibt noch keine Abonnements.',
  },
  noneLeft: 'Alles ist zugeordnet oder ausgeschlossen.',
  noneFound: 'Nichts passt zur Suche.',
  noneInState: 'In diesem Zustand gibt es keine.',
  syncStates: { synced: 'Abgeglichen', outOfSync: 'Nicht abgeglichen' },
  syncNow: 'Erneut übertragen',
  syncNowOf: (name: string) => `Erneut übertragen: Fehlgeschlagenes von ${name}`,
  syncQueued: (count: number) =>
    count === 0
      ? 'Nichts Fehlgeschlagenes ist erneut zu übertragen. Über wartende Änderungen entscheidet ein Plan.'
      : count === 1
        ? '1 Vorgang wurde eingereiht.'
        : `${count} Vorgänge wurden eingereiht.`,
  actions: 'Aktionen',
};
