import { deAccessReport } from './de-access-report.js';
import { deAccounts, deSignIn } from './de-accounts.js';
import { deAudit } from './de-audit.js';
import { deDrift, deOperations, dePlans } from './de-billing.js';
import { deConnection, deConnectionForm, deConnectors } from './de-connectors.js';
import { deContractLines, deContracts } from './de-contracts.js';
import { deDashboard, dePolicies } from './de-dashboard.js';
import { deImports } from './de-imports.js';
import { deMapping } from './de-mapping.js';
import { deCharges, deReconciliation } from './de-reconciliation.js';
import { deSetupGuide } from './de-setup-guide.js';
import { deSync } from './de-sync.js';
import type { Messages } from './en.js';

/** Every text in German; readers are addressed as "Sie". */
export const de: Messages = {
  app: {
    name: 'PSA Connector',
    skipToContent: 'Zum Inhalt springen',
    openNavigation: 'Navigation öffnen',
    closeNavigation: 'Navigation schließen',
    administration: 'Verwaltung',
    connectors: 'Konnektoren',
    auditLogs: 'Prüfprotokoll',
    access: 'Konten',
    signedInAs: (name: string) => `Angemeldet als ${name}`,
    signOut: 'Abmelden',
    language: 'Sprache',
    notices: 'Hinweise zu dieser Installation',
    notFound: 'Diese Seite gibt es nicht.',
    toConnectors: 'Zu den Konnektoren',
  },
  common: {
    close: 'Schließen',
    cancel: 'Abbrechen',
    save: 'Speichern',
    retry: 'Erneut versuchen',
    loading: 'Wird geladen …',
    loadMore: 'Mehr laden',
    noValue: '—',
    yes: 'Ja',
    no: 'Nein',
    copy: 'Kopieren',
    copied: 'Kopiert',
    showSecret: 'Eingabe anzeigen',
    required: 'Dieses Feld ist erforderlich.',
    problemCode: 'Code',
    requestId: 'Anfrage',
    loadFailed: 'Das konnte nicht geladen werden',
    nothingFound: 'Nichts gefunden',
    unreachable: 'Der Server ist nicht erreichbar. Prüfen Sie das Netzwerk und versuchen Sie es erneut.',
    unexpectedAnswer: (status: number) => `Der Server hat mit Status ${status} geantwortet.`,
    notPermitted: 'Ihre Rolle umfasst das nicht.',
    reason: 'Grund',
    becomes: 'wird zu',
  },
  signIn: deSignIn,
  accounts: deAccounts,
  connectors: deConnectors,
  connectionForm: deConnectionForm,
  setupGuide: deSetupGuide,
  access: deAccessReport,
  connection: deConnection,
  sync: deSync,
  contracts: deContracts,
  contractLines: deContractLines,
  audit: deAudit,
  mapping: deMapping,
  imports: deImports,
  reconciliation: deReconciliation,
  charges: deCharges,
  plans: dePlans,
  operations: deOperations,
  drift: deDrift,
  dashboard: deDashboard,
  policies: dePolicies,
};
