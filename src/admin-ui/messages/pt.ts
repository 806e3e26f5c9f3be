import { ptAccessReport } from './pt-access-report.js';
import { ptAccounts, ptSignIn } from './pt-accounts.js';
import { ptAudit } from './pt-audit.js';
import { ptDrift, ptOperations, ptPlans } from './pt-billing.js';
import { ptConnection, ptConnectionForm, ptConnectors } from './pt-connectors.js';
import { ptContractLines, ptContracts } from './pt-contracts.js';
import { ptDashboard, ptPolicies } from './pt-dashboard.js';
import { ptImports } from './pt-imports.js';
import { ptMapping } from './pt-mapping.js';
import { ptCharges, ptReconciliation } from './pt-reconciliation.js';
import { ptSetupGuide } from './pt-setup-guide.js';
import { ptSync } from './pt-sync.js';
import type { Messages } from './en.js';

/** Every text in the Portuguese of Brazil. */
export const pt: Messages = {
  app: {
    name: 'PSA Connector',
    skipToContent: 'Ir para o conteúdo',
    openNavigation: 'Abrir navegação',
    closeNavigation: 'Fechar navegação',
    administration: 'Administração',
    connectors: 'Conectores',
    auditLogs: 'Logs de auditoria',
    access: 'Contas',
    signedInAs: (name: string) => `Conectado como ${name}`,
    signOut: 'Sair',
    language: 'Idioma',
    notices: 'Avisos sobre esta instalação',
    notFound: 'Esta página não existe.',
    toConnectors: 'Ir para Conectores',
  },
  common: {
    close: 'Fechar',
    cancel: 'Cancelar',
    save: 'Salvar',
    retry: 'Tentar novamente',
    loading: 'Carregando…',
    loadMore: 'Carregar mais',
    noValue: '—',
    yes: 'Sim',
    no: 'Não',
    copy: 'Copiar',
    copied: 'Copiado',
    showSecret: 'Mostrar o que foi digitado',
    required: 'Este campo é obrigatório.',
    problemCode: 'Código',
    requestId: 'Requisição',
    loadFailed: 'Não foi possível carregar',
    nothingFound: 'Nada foi encontrado',
    unreachable: 'Não foi possível acessar o servidor. Verifique a rede e tente novamente.',
    unexpectedAnswer: (status: number) => `O servidor respondeu com o status ${status}.`,
    notPermitted: 'Seu perfil não permite isto.',
    reason: 'Motivo',
    becomes: 'passa a',
  },
  signIn: ptSignIn,
  accounts: ptAccounts,
  connectors: ptConnectors,
  connectionForm: ptConnectionForm,
  setupGuide: ptSetupGuide,
  access: ptAccessReport,
  connection: ptConnection,
  sync: ptSync,
  contracts: ptContracts,
  contractLines: ptContractLines,
  audit: ptAudit,
  mapping: ptMapping,
  imports: ptImports,
  reconciliation: ptReconciliation,
  charges: ptCharges,
  plans: ptPlans,
  operations: ptOperations,
  drift: ptDrift,
  dashboard: ptDashboard,
  policies: ptPolicies,
};
