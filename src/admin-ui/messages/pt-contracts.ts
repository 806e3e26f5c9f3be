import type { Messages } from './en.js';

export const ptContracts: Messages['contracts'] = {
  title: 'Contratos',
  intro: 'Conforme a última leitura do Autotask, com as unidades, o preço e o custo em vigor hoje.',
  none: 'Nenhum contrato foi lido ainda. Eles aparecem após a primeira sincronização.',
  contract: 'Contrato',
  service: 'Serviço',
  units: 'Unidades',
  unitPrice: 'Preço unitário',
  unitCost: 'Custo unitário',
  noServices: 'Nenhum serviço neste contrato.',
  inactive: 'Inativo',
  period: (from: string, to: string) => `${from} a ${to}`,
  openEnd: 'sem término',
  types: { recurring_service: 'Serviço recorrente' },
  periodTypes: {
    one_time: 'Único',
    monthly: 'Mensal',
    quarterly: 'Trimestral',
    semi_annual: 'Semestral',
    yearly: 'Anual',
    unknown: 'Período desconhecido',
  },
  shown: (count: number) => (count === 1 ? '1 contrato exibido' : `${count} contratos exibidos`),
};

export const ptContractLines: Messages['contractLines'] = {
  title: 'Linhas de contrato em uma data',
  intro:
    'O que os contratos faturam no dia escolhido: unidades, e preço e custo de uma unidade para um período de faturamento completo.',
  asOf: 'Dia',
  download: 'Baixar CSV',
  none: 'Nenhum contrato fatura algo neste dia.',
  line: 'Serviço e contrato',
  period: 'Período',
  internalUnitPrice: 'Preço unitário, moeda interna',
  state: 'Estado',
  posted: 'Lançado',
  open: 'Em aberto',
  shown: (count: number) => (count === 1 ? '1 linha exibida' : `${count} linhas exibidas`),
};
