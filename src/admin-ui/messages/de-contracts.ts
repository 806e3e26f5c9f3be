import type { Messages } from './en.js';

export const deContracts: Messages['contracts'] = {
  title: 'Verträge',
  intro: 'Stand der letzten Abfrage von Autotask, mit den heute gültigen Einheiten, Preisen und Kosten.',
  none: 'Es wurden noch keine Verträge gelesen. Sie erscheinen nach dem ersten Abgleich.',
  contract: 'Vertrag',
  service: 'Service',
  units: 'Einheiten',
  unitPrice: 'Stückpreis',
  unitCost: 'Stückkosten',
  noServices: 'Keine Services in diesem Vertrag.',
  inactive: 'Inaktiv',
  lines: 'Positionen zum Stichtag',
  linesOf: (name: string) => `Positionen zum Stichtag von ${name}`,
  period: (from: string, to: string) => `${from} bis ${to}`,
  openEnd: 'unbefristet',
  types: { recurring_service: 'Wiederkehrender Service' },
  periodTypes: {
    one_time: 'Einmalig',
    monthly: 'Monatlich',
    quarterly: 'Vierteljährlich',
    semi_annual: 'Halbjährlich',
    yearly: 'Jährlich',
    unknown: 'Unbekannter Zeitraum',
  },
  shown: (count: number) => (count === 1 ? '1 Vertrag wird angezeigt' : `${count} Verträge werden angezeigt`),
};

export const deContractLines: Messages['contractLines'] = {
  title: 'Vertragspositionen zum Stichtag',
  intro:
    'Was die Verträge am gewählten Tag abrechnen: Einheiten sowie Preis und Kosten einer Einheit für einen vollen Abrechnungszeitraum.',
  filters: 'Vertragspositionen filtern',
  asOf: 'Tag',
  company: 'Firma',
  anyCompany: 'Alle Firmen',
  contract: 'Vertrag',
  anyContract: 'Alle Verträge',
  download: 'CSV herunterladen',
  none: 'Kein Vertrag rechnet an diesem Tag etwas ab.',
  noneOfChoice: 'Ihre Auswahl rechnet an diesem Tag nichts ab.',
  line: 'Service und Vertrag',
  period: 'Zeitraum',
  internalUnitPrice: 'Stückpreis, interne Währung',
  state: 'Zustand',
  posted: 'Gebucht',
  open: 'Offen',
  shown: (count: number) =>
    count === 1 ? '1 Position wird angezeigt' : `${count} Positionen werden angezeigt`,
};
