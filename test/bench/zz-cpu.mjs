import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { runWorker, startPostgres, startSimulator } from './support/processes.mjs';
const units=Number(process.argv[2]??300000); const pipes=(process.argv[3]??'copy,connector').split('+');
const WORKER = fileURLToPath(new URL('support/pull-worker.mjs', import.meta.url));
const BENCH_UNIT = `
  CREATE TABLE bench_unit (connection_id uuid NOT NULL, external_id text NOT NULL, contract_external_id text NOT NULL,
    contract_service_external_id text NOT NULL, service_external_id text NOT NULL, starts_on date NOT NULL,
    ends_on date NOT NULL, units numeric NOT NULL, price numeric, internal_price numeric, cost numeric,
    posted_at timestamptz(3), PRIMARY KEY (connection_id, external_id));
  CREATE INDEX ON bench_unit (connection_id, contract_external_id, contract_service_external_id, starts_on)`;
function tree(){const m=new Map();for(const d of readdirSync('/proc')){if(!/^\d+$/.test(d))continue;try{const s=readFileSync(`/proc/${d}/stat`,'utf8');const r=s.slice(s.lastIndexOf(')')+2).split(' ');const cmd=readFileSync(`/proc/${d}/cmdline`,'utf8');m.set(+d,{ppid:+r[1],u:(+r[11]+ +r[12])*10,cu:(+r[13]+ +r[14])*10,cmd});}catch{}}return m;}
function cpu(rx){const mine=rx.source==="postgres"?rootPid:0;let t=0;for(const[pid,p]of tree()){if(mine?(pid===mine||p.ppid===mine):p.ppid===process.pid&&rx.test(p.cmd))t+=p.u+(mine&&pid===mine?p.cu:0);}return t;}
let rootPid=0;const postgres=await startPostgres();for(const[pid,p]of tree()){if(/bin\/postgres/.test(p.cmd)&&!/postgres:/.test(p.cmd)&&pid>rootPid)rootPid=pid;}console.log('pg',rootPid);
const sim=await startSimulator({companies:Math.max(3,Math.round(units/500)),'contract-services':Math.ceil(units/12),'units-per-service':12,latency:0,threshold:1e8});
const c=new pg.Client({connectionString:postgres.url});await c.connect();await c.query(BENCH_UNIT);
const q=async(s)=>(await c.query(s)).rows;
for(const pipeline of pipes){
 const p0=cpu(/postgres/),s0=cpu(/standalone/);const w0=(await q("select wal_bytes b, wal_records r, wal_fpi f from pg_stat_wal"))[0];
 const r=await runWorker(WORKER,{pipeline,databaseUrl:postgres.url,simulator:sim,sample:20000},{execArgv:process.argv[4]?['--cpu-prof','--cpu-prof-dir=/tmp/b3/prof']:[]});
 await q('select pg_stat_force_next_flush()'); await new Promise(r=>setTimeout(r,1500));
 const w1=(await q("select wal_bytes b, wal_records r, wal_fpi f from pg_stat_wal"))[0];
 const f=(x)=>(x*1000/r.rows).toFixed(2);
 console.log(pipeline,'rows',r.rows,'ms',r.ms.toFixed(0),'us/row',f(r.ms),'client',f(r.cpuMs),'pg',f(cpu(/postgres/)-p0),'sim',f(cpu(/standalone/)-s0),'wal MB',((w1.b-w0.b)/1e6).toFixed(0),'fpi',w1.f-w0.f);
}
await c.end();await sim.stop();await postgres.stop();
