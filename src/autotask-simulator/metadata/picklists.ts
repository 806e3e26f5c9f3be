/*
 * Picklist values of the simulated instances, `value=label`, keyed by entity and field. System values that the Autotask
 * REST reference, §7, marks as seen live are kept (contract type 7, billing periods 2 to 5, status 1, company types 1 to
 * 4, ticket statuses 1 and 5); every other number is this simulator's choice, as it is each tenant's in reality, so
 * clients have to go by the label.
 */

const PERIOD_TYPES = '1=One-Time; 2=Monthly; 3=Quarterly; 4=Semi-Annual; 5=Yearly';
const SERVICE_LEVELS = '1=Standard; 2=Premium';

export const PICKLISTS: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  Companies: {
    companyType: '1=Customer; 2=Lead; 3=Prospect; 4=Dead; 6=Cancelation; 7=Vendor; 8=Partner',
    classification: '1=Platinum; 2=Gold; 3=Silver',
    invoiceMethod: '1=Print; 2=Email',
    marketSegmentID: '1=Professional Services; 2=Retail; 3=Manufacturing; 4=Health',
    territoryID: '29682778=Local; 29682779=Remote',
  },
  CompanyNotes: { actionType: '1=General; 2=Phone Call; 3=Meeting; 4=Email' },
  Contacts: { namePrefix: '1=Mr.; 2=Mrs.; 3=Ms.; 4=Dr.', nameSuffix: '1=Jr.; 2=Sr.' },
  Opportunities: {
    leadSource: '1=Referral; 2=Website; 3=Trade show',
    lossReason: '1=Price; 2=Timing',
    rating: '1=Cold; 2=Warm; 3=Hot',
    revenueSpreadUnit: 'Months=Months; Years=Years',
    stage: '1=New Lead; 2=Proposal; 3=Negotiation; 4=Won',
    status: '0=Not Ready To Buy; 1=Active; 2=Lost; 3=Closed; 4=Implemented',
    winReason: '1=Price; 2=Relationship',
  },
  Resources: {
    emailTypeCode: 'PRIMARY=Primary; WORK=Work',
    locationID: '1=Head office; 2=Connector API location',
    numberFormat: 'X,XXX.XX=X,XXX.XX; X.XXX,XX=X.XXX,XX',
    dateFormat: 'MM/dd/yyyy=MM/dd/yyyy; dd/MM/yyyy=dd/MM/yyyy',
    timeFormat: 'hh:mm a=hh:mm a; HH:mm=HH:mm',
    payrollType: '1=Hourly; 2=Salary',
    resourceType: 'Employee=Employee; Contractor=Contractor',
    userType: '1=Full Access; 17=API User (system)',
    gender: 'F=Female; M=Male; N=Not given',
  },
  Contracts: {
    contractCategory: '1=Standard; 12=Managed Cloud',
    contractPeriodType: PERIOD_TYPES,
    contractType:
      '1=Time & Materials; 3=Fixed Price; 4=Block Hours; 6=Retainer; 7=Recurring Service; 8=Incident',
    status: '0=Inactive; 1=Active',
    timeReportingRequiresStartAndStopTimes: '0=No; 1=Yes',
    billingPreference: '1=Immediately without review; 2=Manually; 3=On timesheet approval',
    serviceLevelAgreementID: SERVICE_LEVELS,
  },
  ContractCharges: {
    chargeType: '1=Operational; 2=Capitalized',
    status: '1=Need To Order; 6=Not Ordered; 7=Delivered/Shipped Full',
  },
  Services: { periodType: PERIOD_TYPES, serviceLevelAgreementID: SERVICE_LEVELS },
  Products: {
    billingType: '1=Standard; 2=Per Active User; 3=Per Device',
    periodType: PERIOD_TYPES,
    productCategory: '1=Cloud; 2=Hardware',
  },
  ServiceBundles: { periodType: PERIOD_TYPES, serviceLevelAgreementID: SERVICE_LEVELS },
  BillingCodes: {
    billingCodeType: '0=Normal; 1=System; 2=Non-Billable',
    useType:
      '1=Work Type; 2=General Billing Code; 3=Internal Allocation Code; 4=Material Code; 5=Recurring Service Code',
    generalLedgerAccount: '1=4000 Revenue; 2=4100 Cloud revenue',
  },
  BillingItems: {
    billingItemType:
      '1=Labor; 2=Labor Adjustment; 4=Charge; 11=Recurring Service; 13=Recurring Service Adjustment',
    subType: '1=Standard; 2=Contract Charge; 11=Recurring Service',
  },
  Invoices: { paymentTerm: '1=Net 14 days; 2=Net 30 days', taxGroup: '1=Standard' },
  Currencies: { displaySymbol: '1=€; 2=$; 3=£' },
  Tickets: {
    issueType: '10=Cloud; 11=Workstation',
    priority: '1=High; 2=Medium; 3=Low; 4=Critical',
    queueID: '5=Client Portal; 29682833=Level One Support',
    source: '-2=Insourced; 2=Phone; 4=Email; 11=Other',
    status: '1=New; 5=Complete; 7=Waiting Customer; 8=In Progress',
    subIssueType: '110=Licence; 111=Sign-in',
    ticketCategory: '3=Standard; 4=Datto Alert',
    ticketType: '1=Service Request; 2=Incident; 3=Problem; 4=Change Request; 5=Alert',
    serviceLevelAgreementID: SERVICE_LEVELS,
    creatorType: '1=Resource; 2=Contact',
    lastActivityPersonType: '1=Resource; 2=Contact',
  },
  TicketNotes: {
    noteType: '1=Task Summary; 2=Task Detail; 3=Task Notes',
    publish: '1=All Autotask Users; 2=Internal Project Team',
  },
};
