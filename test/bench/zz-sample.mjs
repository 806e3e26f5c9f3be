import { fileURLToPath } from 'node:url';
import pg from 'pg';
import { runWorker, startPostgres, startSimulator } from './support/processes.mjs';
const units=Number(process.argv[2]??100000);
const WORKER = fileURLToPath(new URL('support/pull-worker.mjs', import.meta.url));
const postgres=await startPostgres();
const sim=await startSimulator({companies:Math.max(3,Math.round(units/500)),'contract-services':Math.ceil(units/12),'units-per-service':12,latency:0,threshold:1e8});
const c=new pg.Client({connectionString:postgres.url});await c.connect();
console.log((await c.query("select name,setting from pg_settings where name in ('shared_buffers','max_wal_size','work_mem','synchronous_commit','fsync','jit','wal_compression','autovacuum','maintenance_work_mem','commit_delay','full_page_writes')")).rows.map(r=>r.name+'='+r.setting).join(' '));
for(let i=0;i<2;i++){
 const m=new Map();let n=0,on=true;
 const loop=(async()=>{while(on){const r=await c.query("select regexp_replace(left(query,90),'\\s+',' ','g')||' | '||coalesce(wait_event,'CPU') k from pg_stat_activity where state='active' and pid<>pg_backend_pid()");n++;for(const{k}of r.rows)m.set(k,(m.get(k)??0)+1);await new Promise(r=>setTimeout(r,8));}})();
 const r=await runWorker(WORKER,{pipeline:'connector',databaseUrl:postgres.url,simulator:sim});
 on=false;await loop;
 console.log(i,r.rows,r.ms.toFixed(0),'samples',n);
 for(const[k,v]of[...m].sort((a,b)=>b[1]-a[1]).slice(0,22))console.log((v/n*100).toFixed(1)+'%',k);
}
await c.end();await sim.stop();await postgres.stop();
