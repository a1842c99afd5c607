package systemtest_test

import (
	"os"
	"testing"

	"github.com/tillwright/tillwright/client"
)

// TestAnAgentsDiskIsPutBackFromABackup: its old numbers are the server's by
// now. What it sees before it hears of the server again, over two starts, is
// told all the same.
func TestAnAgentsDiskIsPutBackFromABackup(t *testing.T) {
	t.Parallel()
	s, b := install(t), newBench(t, 1)
	sh := openShop(s, "Сыры", b.registers...)
	sh.on()
	s.well(sh.devices...)
	done := turns(b, 0, 2, nil)
	sh.off()
	backup := t.TempDir() + "/backup"
	copyTo(t, sh.dir, backup)

	sh.on()
	done = turns(b, 0, 6, done)
	complete(s, sh.devices[0], done)
	s.kill()
	sh.kill()
	if err := os.RemoveAll(sh.dir); err != nil {
		t.Fatal(err)
	}
	copyTo(t, backup, sh.dir)

	sh.on()
	done = turns(b, 0, 3, done)
	sh.kill()
	sh.on()
	done = turns(b, 0, 2, done)
	s.up()
	done = turns(b, 0, 1, done)
	complete(s, sh.devices[0], done)
	if !sh.said.has("the server has higher numbers than this disk") {
		t.Error("the numbers never met: this test tested nothing")
	}
	if a := get[client.AgentDetail](s, "/agents/"+sh.agent); a.Lost != 0 || a.Refused != 0 {
		t.Errorf("the agent lost %d reports, %d were refused", a.Lost, a.Refused)
	}
}

func copyTo(t *testing.T, from, to string) {
	t.Helper()
	if err := os.CopyFS(to, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
}
