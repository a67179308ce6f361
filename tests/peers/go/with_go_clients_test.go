// Package peers runs two WeChat clients for Go against a sandbox, as their users run them against
// WeChat.
//
// The code of silenceper/wechat 2.1.10 and PowerWeChat 3.2.38 is unchanged. Both have WeChat's
// address built in; HTTPS_PROXY and SSL_CERT_FILE lead them to the sandbox. Neither has methods for
// jump rules, so the tests use the general method of each client. As a third-party platform, the
// client fetches the merchant's token.
//
// The environment must have the variables that `jumpqr sandbox --proxy` prints. The tests reset the
// sandbox.
package peers

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"os"
	"reflect"
	"testing"
	"time"

	memory "github.com/ArtisanCloud/PowerLibs/v3/cache"
	"github.com/ArtisanCloud/PowerLibs/v3/object"
	"github.com/ArtisanCloud/PowerWeChat/v3/src/openPlatform"
	"github.com/silenceper/wechat/v2"
	"github.com/silenceper/wechat/v2/cache"
	"github.com/silenceper/wechat/v2/openplatform/config"
	"github.com/silenceper/wechat/v2/util"
)

var (
	sandbox = os.Getenv("JUMPQR_BASE_URL")
	appid   = os.Getenv("JUMPQR_APPID")
)

const (
	component       = "wx7c0d1e2f3a4b5c6d"
	componentSecret = "636f6d706f6e656e746170707365637e"
	// 43 characters, like an EncodingAESKey of WeChat. No message is decrypted.
	aesKey = "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG"
	// Go's JSON escapes & and leaves 桌 as it is.
	prefix = "https://m.example.cn/桌?a=1&b=2"
)

type fields = map[string]any

var rule = fields{
	"prefix": prefix, "permit_sub_rule": 1, "path": "pages/index/index", "open_version": 1,
	"debug_url": []string{prefix + "3"}, "is_edit": 0,
	// A typed object for both modes sends this field empty.
	"appid": "",
}

type answer struct {
	Errcode     int64  `json:"errcode"`
	Errmsg      string `json:"errmsg"`
	FileName    string `json:"file_name"`
	FileContent string `json:"file_content"`
	RuleList    []struct {
		Prefix string `json:"prefix"`
		State  int    `json:"state"`
	} `json:"rule_list"`
}

// Calls the sandbox's control endpoint, without the proxy.
func control(t *testing.T, method, endpoint string, body any) fields {
	t.Helper()
	text, err := json.Marshal(body)
	must(t, err)
	request, err := http.NewRequest(method, sandbox+"/sandbox/"+endpoint, bytes.NewReader(text))
	must(t, err)
	direct := &http.Client{Transport: &http.Transport{}, Timeout: 10 * time.Second}
	response, err := direct.Do(request)
	must(t, err)
	defer response.Body.Close()
	result := fields{}
	must(t, json.NewDecoder(response.Body).Decode(&result))
	if response.StatusCode != http.StatusOK {
		t.Fatal(endpoint, result)
	}
	return result
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func getTicket(t *testing.T) string {
	t.Helper()
	return control(t, "GET", "platforms/"+component+"/ticket", nil)["component_verify_ticket"].(string)
}

func getRefreshToken(t *testing.T) string {
	t.Helper()
	endpoint := "platforms/" + component + "/authorizers/" + appid
	authorized := control(t, "PUT", endpoint, fields{"permission_sets": []int{18}})
	return authorized["authorizer_refresh_token"].(string)
}

// Makes all calls of jump rules. `post` sends a body to an interface of /cgi-bin/wxopen/.
func callAll(t *testing.T, post func(name string, body any) answer) {
	t.Helper()
	done := func(name string, body any) answer {
		t.Helper()
		got := post(name, body)
		if got.Errcode != 0 {
			t.Fatal(name, got)
		}
		return got
	}
	listed := func(states ...int) {
		t.Helper()
		var found []int
		for _, stored := range done("qrcodejumpget", fields{}).RuleList {
			if stored.Prefix != prefix {
				t.Fatal(stored)
			}
			found = append(found, stored.State)
		}
		if !reflect.DeepEqual(found, states) {
			t.Fatal(found, states)
		}
	}
	if file := done("qrcodejumpdownload", fields{}); file.FileName == "" || file.FileContent == "" {
		t.Fatal(file)
	}
	done("qrcodejumpadd", rule)
	listed(1)
	done("qrcodejumppublish", fields{"prefix": prefix})
	listed(2)
	done("qrcodejumpdelete", fields{"prefix": prefix})
	listed()
	illegal := fields{"prefix": "https://m.example.ink/"}
	if refused := post("qrcodejumpadd", illegal); refused.Errcode != 85066 {
		t.Fatal(refused)
	}
	if unknown := post("qrcodejumpnothing", fields{}); unknown.Errcode != 40066 {
		t.Fatal(unknown)
	}
}

// Asserts the number of calls of each interface.
func assertServed(t *testing.T, expected map[string]float64) {
	t.Helper()
	calls := control(t, "GET", "counters", nil)["calls"].(fields)
	for name, number := range expected {
		if calls[name] != number {
			t.Fatal(name, calls)
		}
	}
}

func TestSilenceper(t *testing.T) {
	control(t, "POST", "reset", nil)
	platform := wechat.NewWechat().GetOpenPlatform(&config.Config{
		AppID: component, AppSecret: componentSecret, Token: "token", EncodingAESKey: aesKey,
		Cache: cache.NewMemory(),
	})
	_, err := platform.SetComponentAccessToken(context.Background(), "ticket@@@wrong")
	if err == nil {
		t.Fatal("a wrong ticket was accepted")
	}
	_, err = platform.SetComponentAccessToken(context.Background(), getTicket(t))
	must(t, err)
	first := getRefreshToken(t)
	granted, err := platform.RefreshAuthrToken(appid, first)
	must(t, err)
	if granted.ExpiresIn != 7200 || granted.RefreshToken != first {
		t.Fatal(granted.ExpiresIn, "or another refresh token")
	}
	callAll(t, func(name string, body any) answer {
		uri := "https://api.weixin.qq.com/cgi-bin/wxopen/" + name + "?access_token=" + granted.AccessToken
		text, err := util.PostJSON(uri, body)
		must(t, err)
		var got answer
		must(t, json.Unmarshal(text, &got))
		return got
	})
	assertServed(t, map[string]float64{
		"api_component_token": 2, "api_authorizer_token": 1, "getJumpQRCode": 3,
	})
}

func TestPowerWeChat(t *testing.T) {
	control(t, "POST", "reset", nil)
	platform, err := openPlatform.NewOpenPlatform(&openPlatform.UserConfig{
		AppID: component, Secret: componentSecret, Token: "token", AESKey: aesKey,
		Cache: memory.NewMemCache("jumpqr", 0, ""),
	})
	must(t, err)
	must(t, platform.VerifyTicket.SetTicket(getTicket(t)))
	merchant, err := platform.MiniProgram(appid, getRefreshToken(t), nil)
	must(t, err)
	callAll(t, func(name string, body any) answer {
		data := object.HashMap(body.(fields))
		var got answer
		_, err := merchant.Base.BaseClient.HttpPostJson(
			context.Background(), "cgi-bin/wxopen/"+name, &data, nil, nil, &got)
		must(t, err)
		return got
	})
	assertServed(t, map[string]float64{"api_component_token": 1, "api_authorizer_token": 1})
}
