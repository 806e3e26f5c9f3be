import type { Messages } from './en.js';

export const ptDashboard: Messages['dashboard'] = {
  title: 'Visão geral',
  navigation: 'Visão geral',
  needsYou: 'Precisa de você agora',
  allDone: 'Nada precisa de você. As alterações que chegam aparecem aqui.',
  noConnections: 'Adicione uma conexão para começar.',
  toConnectors: 'Ir para Conectores',
  attention: (alias: string) => `${alias}: o Autotask recusa algo; veja o relatório de acesso`,
  stopped: (alias: string, reason: string) => `${alias}: nada é enviado. ${reason}`,
  failed: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 operação falhou' : `${count} operações falharam`}`,
  approve: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 plano aguarda' : `${count} planos aguardam`} um segundo aprovador`,
  waiting: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 assinatura tem alterações' : `${count} assinaturas têm alterações`} a planejar`,
  drift: (alias: string, count: number) =>
    `${alias}: ${count === 1 ? '1 serviço de contrato difere' : `${count} serviços de contrato diferem`} do que foi aplicado`,
  unmapped: (alias: string) => `${alias}: há clientes a mapear`,
  kinds: {
    attention: 'Acesso',
    stopped: 'Parado',
    failed: 'Falha',
    approve: 'Aprovação',
    waiting: 'Plano',
    drift: 'Divergência',
    unmapped: 'Mapeamento',
  },
  recurring: 'Valor recorrente mensal',
  recurringHint: (day: string) =>
    `O que os contratos ativos faturam em ${day}, conforme a última leitura do Autotask; períodos mais longos contam por mês.`,
  noRecurring: 'Nenhum contrato foi lido ainda.',
  connections: 'Conexões',
  connection: 'Conexão',
  state: 'Estado',
  monthly: 'Mensal',
  lines: 'Linhas',
  failedColumn: 'Falhas',
  underWay: 'Em andamento',
  driftColumn: 'Divergências',
  driftMoney: 'Divergência em valor',
  waitingColumn: 'A planejar',
};

export const ptPolicies: Messages['policies'] = {
  title: 'Políticas',
  intro: 'Como as alterações das assinaturas chegam ao Autotask.',
  applyMode: 'Alterações',
  applyModes: {
    approval: 'Aguardam que uma pessoa aplique um plano',
    automatic: 'São planejadas e gravadas imediatamente',
  },
  decrease: 'Menos unidades',
  decreases: { sameDay: 'No dia da alteração', nextPeriod: 'No primeiro dia do próximo período' },
  cancel: 'Cancelamento',
  cancels: { sameDay: 'No dia do cancelamento', periodEnd: 'No fim do período' },
  azure: 'Planos do Azure',
  azures: { charge: 'Cobranças de contrato do mês', priceReset: 'Ajustar o preço e redefini-lo' },
  secondApprover: 'Segundo aprovador acima de',
  secondApproverHint: (currency: string) =>
    `Um plano acima deste valor precisa de duas pessoas. Em ${currency}; vazio significa nunca.`,
  notAmount: 'Digite um valor como 1500.00, com ponto e sem separador de milhar.',
  save: 'Salvar políticas',
  saved: 'As políticas foram alteradas.',
  notSaved: 'As políticas não foram alteradas',
};
