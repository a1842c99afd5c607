package faults_test
import ("testing";"fmt";"os";"github.com/tillwright/tillwright/internal/faults";"github.com/tillwright/tillwright/internal/faults/match")
func TestZZ(t *testing.T){
 f,_:=os.Create("/tmp/cat/dump.tsv"); defer f.Close()
 w:=func(kind,want,text string,r match.Result){ a,b:=0.0,0.0; id:=""; if len(r.Matches)>0{a=r.Matches[0].Score;id=r.Matches[0].ID}; if len(r.Matches)>1{b=r.Matches[1].Score}
  fmt.Fprintf(f,"%s\t%v\t%.3f\t%.3f\t%d\t%s\n",kind,id==want,a,b,len(r.Codes),text)}
 arts:=shipped(t).Articles()
 for part:=range 10{ kept,left:=deal(arts,part); m:=match.New(kept); for _,p:=range left{ w("left",p.id,p.text,m.Match(p.text,nil,nil))}}
 m:=faults.NewMatcher(shipped(t))
 for _,q:=range questions(t){ if q.part=="tune"{ w("tune",q.want,q.text,m.Match(q.text,nil,nil))}}
 for _,q:=range nothings(t){ if q.part=="tune"{ w("none","-",q.text,m.Match(q.text,nil,nil))}}
}
